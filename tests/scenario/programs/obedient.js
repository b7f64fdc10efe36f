// Does as it is told by lines on standard input, and answers each with a line of JSON: what the
// program itself measures, for the probes to be compared with. Node.js only.
'use strict';
const { Worker, parentPort, isMainThread, threadId, MessageChannel, receiveMessageOnPort } =
    require('node:worker_threads');
const v8 = require('node:v8');

const kept = [], lost = [];
let sharing, worker;

/** What full collections left. Two, because the first leaves pages that are swept only later. */
function collect() {
    global.gc();
    global.gc();
    const { used_heap_size: used, heap_size_limit: limit, total_physical_size: physical } = v8.getHeapStatistics();
    return { threadId, used, limit, physical, external: process.memoryUsage().external };
}

function fill(bytes) {
    for (let i = 0; i < bytes / 100; i++) {
        kept.push({ i, text: `kept ${i}` });
    }
    return { kept: kept.length };
}

/** Messages to itself, so that the program knows when they were read. */
function post(count, value, transfer) {
    const { port1, port2 } = new MessageChannel();
    let bytes = 0;
    for (let i = 0; i < count; i++) {
        const moved = transfer > 0 ? [new ArrayBuffer(transfer)] : [];
        port1.postMessage({ value, moved }, moved);
        bytes += v8.serialize({ value, moved: [] }).length;
        receiveMessageOnPort(port2);
    }
    port1.close();
    return { count, bytes };
}

const orders = {
    gc: () => collect(),
    fill: (bytes) => fill(Number(bytes)),
    post: (count, size) => post(Number(count), 'x'.repeat(Number(size)), 0),
    share: (size) => { sharing = new SharedArrayBuffer(Number(size)); return { shared: Number(size) }; },
    give: () => { worker.postMessage(['take', sharing]); },
    take: (buffer) => { sharing = buffer; return { taken: buffer.byteLength }; },
    drop: () => { sharing = null; return {}; },
    waste: (count, size) => { const { port1, port2 } = new MessageChannel(); lost.push(port2); for (let i = 0; i < count; i++) { port1.postMessage('x'.repeat(Number(size))); } return {}; },
    close: () => { lost.splice(0).forEach((port) => port.close()); return {}; },
    move: (count, size) => post(Number(count), 0, Number(size)),
};

if (isMainThread) {
    worker = new Worker(__filename, { name: 'crunch' });
    const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
    orders.worker = (...order) => { worker.postMessage(order); };
    orders.spawn = (code) => {
        new Worker(`process.exit(${code})`, { eval: true, name: 'brief' }).on('exit', (was) => say({ was }));
    };
    orders.burst = () => {
        new Worker('const a = []; for (;;) a.push(new Array(1000).fill(a.length));', {
            eval: true, name: 'burst', resourceLimits: { maxOldGenerationSizeMb: 16 },
        }).on('error', (error) => say({ code: error.code }));
    };
    worker.on('message', say);
    worker.once('online', () => say({ ready: process.pid }));
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
        const [order, ...values] = line.split(' ');
        const answer = orders[order](...values);
        if (answer !== undefined) {
            say(answer);
        }
    }).on('close', () => process.exit(0));
} else {
    parentPort.on('message', ([order, ...values]) => parentPort.postMessage(orders[order](...values)));
}
