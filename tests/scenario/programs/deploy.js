'use strict';
/* A deploy in three steps, each begun by a file that appears in DIR: "allocate" 32 MiB, "send" them to
 * three workers, "end" the workers and let go. Says each step's name when it is done. As "good" the
 * memory is shared; as "bad" it is copied to each worker, and the main isolate keeps it. */
const fs = require('fs');
const { Worker, isMainThread, parentPort } = require('worker_threads');

if (!isMainThread) {
    let held = null;
    parentPort.on('message', (message) => {
        held = message;
        parentPort.postMessage(held.byteLength);
    });
} else {
    const [dir, kind] = process.argv.slice(2);
    const workers = [0, 1, 2].map((i) => new Worker(__filename, { name: 'receiver-' + i }));
    let buffer = null;
    const steps = {
        allocate(done) {
            buffer = new (kind === 'good' ? SharedArrayBuffer : ArrayBuffer)(32 << 20);
            done();
        },
        send(done) {
            let count = 0;
            workers.forEach((worker) => {
                worker.on('message', () => ++count === 3 && done());
                worker.postMessage(buffer);
            });
        },
        end(done) {
            if (kind === 'good') {
                buffer = null;
            }
            Promise.all(workers.map((worker) => worker.terminate())).then(() => {
                globalThis.gc();
                done();
            });
        },
    };
    const names = Object.keys(steps);
    const timer = setInterval(() => {
        if (names.length > 0 && fs.existsSync(`${dir}/${names[0]}`)) {
            const name = names.shift();
            steps[name](() => console.log(name));
        }
        if (fs.existsSync(`${dir}/leave`)) {
            clearInterval(timer);
        }
    }, 20);
    console.log('ready');
}
