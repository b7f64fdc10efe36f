'use strict';
// A worker writes 16 MiB to its captured stdout while its parent waits for it: what it wrote is in flight
// until the parent comes round to take it, once the file of the argument exists.
const { existsSync } = require('fs');
const { Worker, isMainThread, workerData } = require('worker_threads');
const PIECE = 64 * 1024, PIECES = 256;

if (!isMainThread) {
    const done = new Int32Array(workerData);
    const piece = 'x'.repeat(PIECE);
    for (let i = 0; i < PIECES; i++) {
        process.stdout.write(piece);
    }
    Atomics.store(done, 0, 1);
    Atomics.notify(done, 0);
    Atomics.wait(done, 1, 0);
} else {
    const done = new Int32Array(new SharedArrayBuffer(8));
    const worker = new Worker(__filename, { stdout: true, workerData: done.buffer });
    let taken = 0;
    worker.on('online', () => {
        Atomics.wait(done, 0, 0);
        console.log('written');
        while (!existsSync(process.argv[2])) {
            Atomics.wait(done, 1, 0, 10); // nothing is taken meanwhile
        }
        worker.stdout.on('data', (piece) => {
            taken += piece.length;
            if (taken === PIECE * PIECES) {
                console.log('taken');
            }
        });
    });
    setInterval(() => {}, 1000);
}
