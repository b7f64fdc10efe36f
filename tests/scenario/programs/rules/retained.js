// Many small messages wait for a worker that does not listen yet, and between them some for a port that
// nobody reads; then the worker reads its own. What malloc() held for them stays, for the few that are
// left. Begins when the file named by the second argument is there; with 'few' as the first with few.
const fs = require('fs');
const { Worker, MessageChannel } = require('worker_threads');

const CODE = "const { parentPort, workerData } = require('worker_threads');"
    + 'Atomics.wait(workerData, 0, 0);'
    + 'parentPort.on("message", function () {});';
const gate = new Int32Array(new SharedArrayBuffer(4));
const worker = new Worker(CODE, { eval: true, name: 'reader', workerData: gate });
const { port1, port2 } = new MessageChannel();
const text = 'x'.repeat(2000);

const go = setInterval(() => {
    if (!fs.existsSync(process.argv[3])) {
        return;
    }
    clearInterval(go);
    const count = process.argv[2] === 'few' ? 100 : 60000;
    for (let i = 0; i < count; i++) {
        (i % 50 === 49 ? port1 : worker).postMessage(text + i);
    }
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
}, 50);
port2.unref();
