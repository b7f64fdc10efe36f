'use strict';
// Under Node with the agent: isolates whose heaps stand still after a collection print what Node itself
// says of them, and do nothing more until they are told to end.
const v8 = require('v8');
const { Worker, isMainThread, threadId, parentPort } = require('worker_threads');

const kept = [];
for (let i = 0; i < 300000; i++) {
    kept.push({ i, text: `text ${i}` });
}
globalThis.kept = [kept, Buffer.alloc(3 << 20), new Uint8Array(1 << 20)];
if (isMainThread) {
    const worker = new Worker(__filename, { name: 'worker-one', resourceLimits: { maxOldGenerationSizeMb: 256 } });
    worker.on('message', (line) => process.stdout.write(`${line}\n`));
    setInterval(() => {}, 1000);
}
setTimeout(() => {
    globalThis.gc();
    const live = v8.getHeapStatistics().used_heap_size;
    setTimeout(() => {
        const heap = v8.getHeapStatistics();
        const line = JSON.stringify({ thread: threadId, live, used: heap.used_heap_size, total: heap.total_heap_size,
            limit: heap.heap_size_limit, external: heap.external_memory,
            array_buffers: process.memoryUsage().arrayBuffers });
        if (isMainThread) {
            process.stdout.write(`${line}\n`);
        } else {
            parentPort.postMessage(line);
            setInterval(() => {}, 1000);
        }
    }, 500);
}, 200);
