// main only: it makes its own workers
// Workers that are told to end while they start workers of their own, over and over.
const { Worker, isMainThread, workerData, parentPort } = require('worker_threads');

if (!isMainThread) {
    for (let i = 0; i < (workerData.depth > 0 ? 3 : 0); i++) {
        const child = new Worker(__filename, { workerData: { depth: workerData.depth - 1 }, argv: ['a'] });
        child.on('error', () => {});
        parentPort.postMessage(i);
    }
} else {
    (async () => {
        for (let i = 0; i < 12; i++) {
            const worker = new Worker(__filename, { workerData: { depth: 2 } });
            const end = new Promise((resolve) => worker.on('exit', resolve));
            if (i % 3 > 0) { // at once, or when the first or second child was made
                await new Promise((resolve) => worker.on('message', (made) => made === i % 3 - 1 && resolve()));
            }
            worker.terminate();
            await end;
        }
        console.log('all ended');
    })();
}
