// Node.js: at a line on standard input, "COUNT SIZE", so many messages to two workers and back, eight on
// their way at once; some move a buffer, and now and then a worker comes that reads three messages and goes.
// "call COUNT" sends them to both through a BroadcastChannel, "visit" has one worker come, "share" gives a
// worker a buffer. Then a line of JSON: what each isolate sent, by its own books, and how many workers came.
'use strict';
const { Worker, BroadcastChannel, isMainThread, parentPort, threadId } = require('node:worker_threads');
const v8 = require('node:v8');

const sent = { count: 0, bytes: 0, moves: 0, moved: 0 };
const channel = new BroadcastChannel('storm');

function send(port, value, isMoving) {
    const moved = isMoving ? [new ArrayBuffer(1024)] : [];
    sent.count++;
    sent.bytes += v8.serialize({ ...value, moved: [] }).length;
    sent.moves += moved.length;
    sent.moved += 1024 * moved.length;
    port.postMessage({ ...value, moved }, moved);
}

if (isMainThread) {
    const workers = [1, 2].map((i) => new Worker(__filename, { name: `storm-${i}` }));
    const next = (worker) => new Promise((done) => { worker.once('message', done); });
    let brief = 0;
    const visit = () => {
        const visitor = new Worker(`const { parentPort } = require('node:worker_threads');
            let left = 3;
            parentPort.on('message', () => { if (--left === 0) { parentPort.close(); } });`, { eval: true, name: 'visitor' });
        [1, 2, 3].forEach((n) => send(visitor, { n }, false));
        brief++;
        return new Promise((done) => { visitor.on('exit', done); });
    };
    const storm = async (count, size) => {
        const visits = [];
        let left = count;
        const answered = (worker) => () => {
            if (left-- > 0) {
                send(worker, { text: 'x'.repeat(size), n: left }, left % 16 === 0);
            }
            if (left % 5000 === 0 && left > 0) {
                visits.push(visit());
            }
        };
        await Promise.all(workers.map((worker) => new Promise((done) => {
            let waiting = 8;
            const answer = answered(worker);
            worker.on('message', () => {
                if (left > 0) {
                    answer();
                } else if (--waiting === 0) {
                    worker.removeAllListeners('message');
                    done();
                }
            });
            for (let i = 0; i < 8; i++) {
                send(worker, { text: 'x'.repeat(size), n: i }, false);
            }
        })));
        await Promise.all(visits);
    };
    const truth = async () => {
        const all = {};
        for (const worker of workers) {
            send(worker, { order: 'truth' }, false);
            all[worker.threadId] = (await next(worker)).truth;
        }
        return { ...all, 0: { ...sent }, brief };
    };
    const orders = {
        visit: () => visit(),
        share: async (size) => {
            const buffer = globalThis.shared = new SharedArrayBuffer(size);
            await storm(2000, 100);
            sent.count++;
            sent.bytes += v8.serialize({ order: 'keep' }).length;
            workers[0].postMessage({ order: 'keep', buffer });
            await storm(2000, 100);
        },
        call: async (count) => {
            for (let i = 0; i < count; i++) {
                sent.count++;
                sent.bytes += v8.serialize({ i }).length;
                channel.postMessage({ i });
            }
            for (const worker of workers) {
                send(worker, { order: 'heard', count }, false);
                await next(worker);
            }
        },
    };
    require('node:readline').createInterface({ input: process.stdin }).on('line', async (line) => {
        const [what, ...values] = line.split(' ');
        await (orders[what] ? orders[what](...values.map(Number)) : storm(Number(what), Number(values[0])));
        process.stdout.write(`${JSON.stringify(await truth())}\n`);
    }).on('close', () => process.exit(0));
    Promise.all(workers.map((worker) => new Promise((done) => { worker.once('online', done); })))
        .then(() => console.log(JSON.stringify({ ready: process.pid })));
} else {
    let heard = 0, wish;
    channel.onmessage = () => {
        heard++;
        wish?.();
    };
    parentPort.on('message', ({ order, count, text, n, buffer }) => {
        if (order === 'truth') {
            sent.count++; // the answer itself; its bytes are those of a text of as many digits
            const truth = { ...sent };
            truth.bytes = sent.bytes += v8.serialize({ truth, moved: [] }).length;
            parentPort.postMessage({ truth, moved: [] });
        } else if (order === 'keep') {
            globalThis.kept = buffer;
        } else if (order === 'heard') {
            wish = () => {
                if (heard >= count) {
                    heard -= count;
                    wish = null;
                    send(parentPort, {}, false);
                }
            };
            wish();
        } else {
            send(parentPort, { text, n }, n % 16 === 0);
        }
    });
}
