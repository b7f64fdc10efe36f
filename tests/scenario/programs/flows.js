'use strict';
/* Posts into a port that nobody has taken yet. Sends worker "left" 40 clones of 10,000 bytes, worker "right" 5 moved buffers of 1 MiB and a shared
 * one, and has "left" answer each with a short text. Says "done" when all was heard. */
const { MessageChannel, Worker, isMainThread, parentPort, workerData } = require('worker_threads');

if (isMainThread) {
    let heard = 0;
    const hear = () => {
        if (++heard === 41) {
            console.log('done');
        }
    };
    const { port1, port2 } = new MessageChannel();
    const box = new MessageChannel();
    box.port1.postMessage(null, [port2]); // and nobody reads
    port1.postMessage('early');
    const left = new Worker(__filename, { name: 'left', workerData: 'echo' });
    const right = new Worker(__filename, { name: 'right', workerData: 'count' });
    left.on('message', hear);
    right.on('message', hear);
    for (let i = 0; i < 40; i++) {
        left.postMessage(new Uint8Array(10000));
    }
    for (let i = 0; i < 5; i++) {
        const buffer = new ArrayBuffer(1 << 20);
        right.postMessage(buffer, [buffer]);
    }
    right.postMessage(new SharedArrayBuffer(4096));
} else if (workerData === 'echo') {
    parentPort.on('message', () => parentPort.postMessage('heard'));
} else {
    let count = 0;
    const kept = [];
    parentPort.on('message', (message) => {
        kept.push(message);
        if (++count === 6) {
            parentPort.postMessage('all');
        }
    });
}
