// A server as there are many, under real Node.js: Express or Fastify in front, worker threads that make the
// answers. /list is cloned to the main thread, /image is moved. With `count` it keeps books of what it sent,
// and /truth tells what it measures of itself once nothing else happens; workers tell theirs through shared
// memory, so that asking costs one message each way that is in the books too.
// usage: node --expose-gc served.js express|fastify MODULES [count]
'use strict';
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
const v8 = require('node:v8');

const WORKERS = 2, KEPT_BYTES = 40e6, IMAGE_BYTES = 65536;
const FIGURES = ['used', 'limit', 'external', 'count', 'bytes', 'moves', 'moved', 'turns'];
const isCounted = (isMainThread ? process.argv[4] : workerData.count) === 'count';
const sent = { count: 0, bytes: 0, moves: 0, moved: 0 };

function send(port, value, moved) {
    port.postMessage({ ...value, ...(moved && { image: moved }) }, moved ? [moved] : []);
    if (isCounted) {
        sent.count++;
        sent.bytes += v8.serialize(moved ? { ...value, image: null } : value).length;
    }
}

function sendImage(port, id) {
    const image = new ArrayBuffer(IMAGE_BYTES);
    sent.moves++;
    sent.moved += image.byteLength;
    send(port, { id }, image);
}

/** What full collections leave; two, because the first leaves pages that are swept only later. */
function measure() {
    global.gc();
    global.gc();
    const { used_heap_size: used, heap_size_limit: limit } = v8.getHeapStatistics();
    return { used, limit, external: process.memoryUsage().external, ...sent };
}

/** A cache, so that what is live is of a size that servers have. */
function keep() {
    const kept = new Map();
    for (let i = 0; i < KEPT_BYTES / 200; i++) {
        kept.set(`key ${i}`, { i, text: `kept ${i}` });
    }
    globalThis.kept = [kept, Buffer.alloc(4 << 20)];
}

if (isCounted) {
    keep();
}
if (isMainThread) {
    serve(process.argv[2], process.argv[3]);
} else {
    const figures = new Float64Array(workerData.figures);
    parentPort.on('message', ({ id, n, kind }) => {
        if (kind === 'truth') {
            const turns = figures[FIGURES.length - 1];
            const truth = { ...measure(), turns: turns + 1 };
            FIGURES.forEach((name, i) => { figures[i] = truth[name]; });
        } else if (kind === 'image') {
            sendImage(parentPort, id);
        } else {
            const list = Array.from({ length: n }, (_, i) => ({ i, text: `item ${i} of ${id}` }));
            send(parentPort, { id, text: JSON.stringify(list) });
        }
    });
}

function serve(framework, modules) {
    const waiting = new Map();
    const workers = Array.from({ length: WORKERS }, (_, i) => {
        const figures = new SharedArrayBuffer(FIGURES.length * 8);
        const worker = new Worker(__filename, { name: `answers-${i + 1}`,
            workerData: { figures, count: process.argv[4] } });
        worker.figures = new Float64Array(figures);
        worker.on('message', ({ id, text, image }) => {
            waiting.get(id)(text ?? Buffer.from(image));
            waiting.delete(id);
        });
        return worker;
    });
    let last = 0;
    const ask = (kind) => new Promise((done) => {
        const id = ++last;
        waiting.set(id, done);
        send(workers[id % WORKERS], { id, n: 50, kind });
    });
    const truth = async () => {
        for (const worker of workers) {
            const [turns] = worker.figures.slice(-1);
            send(worker, { kind: 'truth' });
            while (worker.figures[FIGURES.length - 1] === turns) {
                await new Promise((done) => { setTimeout(done, 5); });
            }
        }
        const all = { 0: measure() };
        workers.forEach((worker) => {
            all[worker.threadId] = Object.fromEntries(FIGURES.map((name, i) => [name, worker.figures[i]]));
        });
        return all;
    };
    const cpu = () => { const { user, system } = process.cpuUsage(); return { cpu: (user + system) / 1e6 }; };
    ({ express: withExpress, fastify: withFastify })[framework](modules, { ask, truth, cpu });
}

const told = (port) => console.log(JSON.stringify({ port, pid: process.pid }));

function withExpress(modules, { ask, truth, cpu }) {
    const app = require(`${modules}/express`)();
    app.get('/list', async (request, response) => { response.type('json').send(await ask('list')); });
    app.get('/image', async (request, response) => { response.type('bin').send(await ask('image')); });
    app.get('/truth', async (request, response) => { response.json(await truth()); });
    app.get('/cpu', (request, response) => { response.json(cpu()); });
    const server = app.listen(0, '127.0.0.1', () => told(server.address().port));
}

function withFastify(modules, { ask, truth, cpu }) {
    const app = require(`${modules}/fastify`)();
    app.get('/list', async (request, reply) => { reply.type('application/json'); return ask('list'); });
    app.get('/image', async (request, reply) => { reply.type('application/octet-stream'); return ask('image'); });
    app.get('/truth', () => truth());
    app.get('/cpu', async () => cpu());
    app.listen({ port: 0, host: '127.0.0.1' }).then(() => told(app.server.address().port));
}
