// A worker that does not come to its loop until the file named by the argument is there, and messages
// that wait for it.
const fs = require('fs');
const { Worker } = require('worker_threads');

const gate = new Int32Array(new SharedArrayBuffer(4));
const deaf = new Worker("const { parentPort, workerData } = require('worker_threads');"
    + 'parentPort.on("message", function () {}); Atomics.wait(workerData, 0, 0);', { eval: true, name: 'deaf', workerData: gate });

deaf.on('online', () => {
    for (let i = 0; i < 20; i++) {
        deaf.postMessage(new Uint8Array(1 << 16));
    }
});
setInterval(() => {
    if (fs.existsSync(process.argv[2])) {
        Atomics.store(gate, 0, 1);
        Atomics.notify(gate, 0);
    }
}, 50);
