// Workers one after another, each of which leaves a result of 1 MiB that the main isolate keeps until
// the file named by the argument is there; with the argument 'dropped' it keeps none.
const fs = require('fs');
const { Worker } = require('worker_threads');

const CODE = "const { parentPort } = require('worker_threads');"
    + 'const result = new Uint8Array(1 << 20).fill(7); parentPort.postMessage(result, [result.buffer]);';
let results = [];

function start() {
    const worker = new Worker(CODE, { eval: true, name: 'maker' });
    worker.on('message', (result) => {
        if (process.argv[2] === 'dropped' || fs.existsSync(process.argv[2])) {
            results = [];
        } else {
            results.push(result);
        }
    });
    worker.on('exit', () => setTimeout(start, 200));
}

start();
