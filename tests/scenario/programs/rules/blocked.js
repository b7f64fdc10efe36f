// A main isolate that waits for its worker in Atomics.wait, until the file named by the argument is
// there; then, and with the argument 'async', by messages. With 'busy' it computes in its own loop.
const fs = require('fs');
const { Worker } = require('worker_threads');

const CODE = "const { parentPort } = require('worker_threads');"
    + 'parentPort.on("message", function (words) {'
    + '    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 40);' // what it is asked for takes so long
    + '    if (words) { Atomics.store(words, 0, 1); Atomics.notify(words, 0); } else { parentPort.postMessage(0); }'
    + '});';
const worker = new Worker(CODE, { eval: true, name: 'reader' });
const words = new Int32Array(new SharedArrayBuffer(4));
const isBusy = process.argv[2] === 'busy';

function ask() {
    if (isBusy) {
        for (const end = Date.now() + 150; Date.now() < end;) { /* no let-up */ }
        setTimeout(ask, 20);
    } else if (process.argv[2] === 'async' || fs.existsSync(process.argv[2])) {
        worker.once('message', () => setTimeout(ask, 20));
        worker.postMessage(null);
    } else {
        Atomics.store(words, 0, 0);
        worker.postMessage(words);
        Atomics.wait(words, 0, 0);
        setTimeout(ask, 20);
    }
}

worker.on('online', ask);
