// Node.js: messages of a size to a worker and back, one after another; orders on standard input, "SIZE
// COUNT", each answered with the seconds it took and those of CPU, of both threads.
'use strict';
const { Worker, isMainThread, parentPort } = require('node:worker_threads');

if (isMainThread) {
    const worker = new Worker(__filename);
    const run = (size, count) => new Promise((done) => {
        const value = 'x'.repeat(size);
        const start = process.hrtime.bigint(), busy = process.cpuUsage();
        let left = count;
        worker.removeAllListeners('message');
        worker.on('message', () => {
            if (--left === 0) {
                const { user, system } = process.cpuUsage(busy);
                done(`${Number(process.hrtime.bigint() - start) / 1e9} ${(user + system) / 1e6}`);
            } else {
                worker.postMessage(value);
            }
        });
        worker.postMessage(value);
    });
    require('node:readline').createInterface({ input: process.stdin }).on('line', async (line) => {
        console.log(await run(...line.split(' ').map(Number)));
    }).on('close', () => process.exit(0));
} else {
    parentPort.on('message', (value) => parentPort.postMessage(value));
}
