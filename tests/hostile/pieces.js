// What the mortal workers of mortal.js do: each piece calls natives whose C code holds something while
// the heap is asked for memory. A piece calls done() when it has come to its end.
'use strict';
const { MessageChannel, BroadcastChannel, Worker, parentPort, receiveMessageOnPort, isMainThread, threadId,
    setEnvironmentData, getEnvironmentData, markAsUntransferable } = require('worker_threads');
const fs = require('fs');
const os = require('os');
const path = require('path');

const place = path.join(os.tmpdir(), `mortal-${process.pid}-${threadId}`);
const values = () => ({ a: [1, 2.5, 'x', null], map: new Map([[{ k: 1 }, new Set(['v'])]]), date: new Date(5),
    error: new RangeError('e', { cause: { c: 1 } }), regexp: /x/gi, bytes: new Uint8Array(100),
    large: new Float64Array(4000), shared: new SharedArrayBuffer(64), get lazy() { return [this.a]; } });

exports.post = (done) => {
    const { port1, port2 } = new MessageChannel();
    const inner = new MessageChannel();
    const buffer = new ArrayBuffer(20000);
    port1.postMessage({ values: values(), buffer, port: inner.port1 }, [buffer, inner.port1]);
    const got = receiveMessageOnPort(port2).message;
    got.port.postMessage(got.values, [got.values.large.buffer]);
    inner.port2.on('message', (value) => {
        value.map.clear();
        port2.close(done);
        inner.port2.close();
        parentPort.postMessage(value.bytes);
    });
};

exports.events = (done) => {
    const { port1, port2 } = new MessageChannel();
    let heard = 0;
    port2.onmessage = (event) => {
        heard++;
        if (event.ports.length === 1) {
            event.ports[0].close();
        }
    };
    port1.postMessage(1);
    const third = new MessageChannel();
    port1.postMessage('with', [third.port1]);
    port1.addEventListener('close', () => { parentPort.postMessage(heard); done(); });
    third.port2.once('close', () => port1.close());
};

exports.broadcast = (done) => {
    const a = new BroadcastChannel('mortal' + threadId);
    const b = new BroadcastChannel('mortal' + threadId);
    b.onmessage = (event) => { a.close(); b.close(); parentPort.postMessage(event.data); done(); };
    a.postMessage({ shared: new SharedArrayBuffer(8), bytes: new Uint8Array(5000) });
};

exports.spawn = (done) => {
    setEnvironmentData('key', { value: 1 });
    const buffer = new ArrayBuffer(9000);
    const worker = new Worker('require("worker_threads").parentPort.postMessage(process.argv.length);' +
        'process.stdout.write("out")', { eval: true, argv: ['a', 'b'], execArgv: [], env: { A: 'b' }, name: 'child',
        stdout: true, stdin: true, workerData: { buffer }, transferList: [buffer], resourceLimits: { maxOldGenerationSizeMb: 64 } });
    worker.stdin.end('input');
    worker.stdout.on('data', () => {});
    worker.on('message', () => {});
    worker.on('exit', () => { getEnvironmentData('key'); done(); });
};

exports.failing = (done) => {
    const worker = new Worker('throw Object.assign(new TypeError("x"), { code: "E", list: [1] })', { eval: true });
    worker.on('error', (error) => { worker.terminate().then(() => done(error)); });
};

exports.files = (done) => {
    fs.mkdirSync(place, { recursive: true });
    const file = path.join(place, 'file');
    fs.writeFileSync(file, 'text'.repeat(100));
    fs.appendFileSync(file, Buffer.from('more'));
    fs.readFileSync(file);
    fs.readFileSync(file, 'utf8');
    fs.readdirSync(place, { withFileTypes: true });
    fs.statSync(file).mtime.getTime();
    const fd = fs.openSync(file, 'r+');
    fs.readSync(fd, Buffer.alloc(10), 0, 10, 0);
    fs.writeSync(fd, 'abc');
    fs.fstatSync(fd);
    fs.closeSync(fd);
    fs.renameSync(file, file + '2');
    fs.copyFileSync(file + '2', file);
    fs.symlinkSync('file', file + '3');
    fs.readlinkSync(file + '3');
    fs.realpathSync(file);
    try { fs.readFileSync('/none'); } catch (error) { String(error.stack); }
    fs.rmSync(place, { recursive: true });
    done();
};

exports.filesLater = (done) => {
    fs.mkdirSync(place, { recursive: true });
    const file = path.join(place, 'file');
    fs.writeFile(file, 'x'.repeat(5000), () => fs.readFile(file, (error, data) => {
        fs.stat(file, () => fs.open(file, 'r', (failed, fd) => {
            fs.read(fd, Buffer.alloc(100), 0, 100, 0, () => fs.close(fd, () => {
                fs.promises.readFile(file, 'utf8').then(() => fs.promises.readdir(place))
                    .then(() => fs.promises.readFile('/none')).catch(() => fs.promises.rm(place, { recursive: true }))
                    .then(() => done(data));
            }));
        }));
    }));
};

exports.streams = (done) => {
    fs.mkdirSync(place, { recursive: true });
    const file = path.join(place, 'file');
    const out = fs.createWriteStream(file);
    out.write('text'.repeat(1000));
    out.end('end', () => {
        fs.createReadStream(file, { highWaterMark: 1000 }).on('data', () => {}).on('close', () => {
            fs.rmSync(place, { recursive: true });
            done();
        });
    });
};

exports.output = (done) => {
    process.stdout.write('some output\n'.repeat(5));
    console.error('error %o %s', { a: 1 }, 'x');
    console.table([{ a: 1 }]);
    setTimeout(done, 0, 1);
};

exports.timers = (done) => {
    let left = 30;
    const timers = [];
    for (let i = 0; i < 30; i++) {
        timers.push(setTimeout(() => { if (--left === 0) { done(); } }, 0), setInterval(() => {}, 1000), setImmediate(() => {}));
    }
    for (let i = 1; i < timers.length; i += 3) {
        clearInterval(timers[i]);
    }
    setTimeout(() => {}, 1).ref().unref().refresh();
};

exports.promises = (done) => {
    (async () => {
        for await (const value of (async function* () { yield 1; yield* [2, 3]; })()) {
            await new Promise((resolve) => queueMicrotask(resolve));
            await Promise.all([value, Promise.reject(value).catch(() => {}), Promise.race([1]), Promise.any([2])]);
        }
        process.once('unhandledRejection', () => done());
        Promise.reject(new Error('nobody'));
    })();
};

exports.lowering = (done) => {
    eval('class A { #x = 1; get x() { return this.#x } static { A.y = [...[1, 2]] } } new A().x ?? 1');
    new Function('a', 'return ((b, ...c) => `${a}${b}${c}`)(1, 2)')(3);
    try { eval('let let'); } catch (error) { String(error.stack); }
    import('./module.mjs').then((module) => done(module.value));
};

exports.heap = (done) => {
    const v8 = require('v8');
    fs.mkdirSync(place, { recursive: true });
    v8.writeHeapSnapshot(path.join(place, 'x.heapsnapshot'));
    const isoscope = require('isoscope');
    isoscope.heapProfile.start({ interval: 64 });
    const kept = [];
    for (let i = 0; i < 50; i++) { kept.push({ i, text: 'n' + i }); }
    isoscope.heapProfile.stop(path.join(place, 'x.heapprofile'));
    isoscope.census();
    isoscope.job('piece', () => kept.length);
    fs.rmSync(place, { recursive: true });
    v8.deserialize(v8.serialize(values().a));
    v8.getHeapStatistics();
    done();
};

exports.snapshotStream = (done) => {
    const worker = new Worker('require("worker_threads").parentPort.once("message", () => {})', { eval: true });
    worker.once('online', () => worker.getHeapSnapshot && worker.getHeapSnapshot().then((stream) => {
        stream.on('data', () => {});
        stream.on('end', () => { worker.postMessage(1); });
    }));
    worker.on('exit', () => done());
    if (!worker.getHeapSnapshot) {
        worker.postMessage(1);
    }
};

exports.pool = (done) => {
    const { Pool } = require('isoscope:pool');
    const pool = new Pool({ filename: path.join(__dirname, 'task.js'), maxThreads: 2 });
    const buffer = new ArrayBuffer(8000);
    Promise.all([pool.run({ buffer }, { transferList: [buffer] }), pool.run({ fail: true }).catch(() => {}),
        pool.run(3, { name: 'named' })]).then(() => pool.destroy()).then(done, done);
};

exports.buffers = (done) => {
    const growable = new SharedArrayBuffer(10, { maxByteLength: 100 });
    growable.grow(50);
    const resizable = new ArrayBuffer(10, { maxByteLength: 1000 });
    resizable.resize(500);
    structuredClone({ growable, resizable, view: new DataView(resizable) });
    new Uint8Array(resizable).subarray(3).slice(2);
    Buffer.from('text').toString('base64');
    Buffer.concat([Buffer.alloc(10), Buffer.from([1, 2])]).toString('hex');
    new TextEncoder().encode('äöü');
    new TextDecoder().decode(new Uint8Array([0xc3, 0xa4]));
    resizable.transfer(20).slice(1);
    new ArrayBuffer(3000).transfer(6000);
    markAsUntransferable(resizable);
    const flag = new Int32Array(new SharedArrayBuffer(8));
    if (Atomics.waitAsync) {
        Atomics.waitAsync(flag, 0, 0, 1).value.then(done);
    } else {
        done();
    }
};

exports.library = (done) => {
    'a-b-c'.replace(/(?<n>b)/g, (...all) => all.length).split(/-/).map((x) => x).sort();
    [...'abc'.matchAll(/./g)];
    Object.entries(JSON.parse(JSON.stringify({ a: [1, { b: 2 }], c: 'x'.repeat(300) })));
    Object.groupBy([1, 2, 3], (x) => (x % 2 ? 'odd' : 'even'));
    const weak = new WeakMap([[{}, 1]]);
    new WeakRef(weak).deref();
    new FinalizationRegistry(() => {}).register({}, 1);
    new URL('http://user@host:80/p?q#h').searchParams.get('q');
    structuredClone(new Map([[new Date(), [new Set([1])]]]));
    require('util').inspect(new Proxy(values(), {}), { depth: 5, showProxy: true });
    Reflect.ownKeys(new Proxy({ a: 1 }, { ownKeys: () => ['a'] }));
    process.memoryUsage();
    os.cpus();
    process.env.MORTAL = 'x';
    Object.keys(process.env);
    delete process.env.MORTAL;
    new AbortController().abort();
    new Array(1000).fill(1).flatMap((x) => [x, x]).toSorted();
    done(isMainThread);
};

exports.thrower = () => { throw Object.assign(new Error('from a mortal'), { data: values().a }); };
exports.rejecter = () => { Promise.reject(new Error('rejected by a mortal')); };
