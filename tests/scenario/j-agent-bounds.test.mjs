// What the agent does where things are scarce: no collector, nobody who reads, a heap that is nearly full, a
// collector that talks nonsense, an errant environment.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import test from 'node:test';
import { agent, watched } from './agent.mjs';
import { until } from './lib.mjs';

const KEPT_MAX = 256 * 1024; // bytes of lines that wait for a connection
const forever = 'setInterval(() => {}, 1000);\n';

test('without a collector what waits is bounded, the oldest goes and is counted', async (t) => {
    const s = await watched(t);
    s.package();
    const program = s.node([s.file('app.js', `const { job } = require('@isoscope/agent');
        let turns = 0;
        const timer = setInterval(() => {
            for (let i = 0; i < 100; i++) { job('some job with a name of a good length ' + i % 3, () => {}); }
            if (++turns === 400) {
                clearInterval(timer);
                console.log('full');
            }
        }, 55);
        ${forever}`)], { env: { ISOSCOPE_INTERVAL: '50' } });
    await until('much was said', () => program.stdout === 'full\n', 120);
    await s.collector();
    const process = await until('what was lost is told', async () => {
        const [one] = (await s.get('/api/v1/processes')).processes;
        return one?.lost > 0 && one;
    });
    const jobs = await s.events('job');
    assert.ok(jobs.length > 0 && jobs[0].number > 1, 'the oldest went');
    assert.ok(jobs.length * 60 < KEPT_MAX, `${jobs.length} lines were kept`);
    assert.ok(process.lost > 1000, `${process.lost} lost`);
    await until('all jobs are told', async () => (await s.isolate(`${program.pid}.0`)).jobs === 40000);
    assert.equal(program.stderr, '');
});

test('a worker whose lines nobody takes drops and counts them, and works on', async (t) => {
    const s = await watched(t);
    await s.collector();
    s.package();
    const program = s.node([s.file('app.js', `const { Worker, isMainThread, workerData } = require('worker_threads');
        const { job } = require('@isoscope/agent');
        if (isMainThread) {
            const done = new Int32Array(new SharedArrayBuffer(4));
            new Worker(__filename, { workerData: done });
            Atomics.wait(done, 0, 0); // the main thread takes nothing meanwhile
            console.log('done', done[0]);
        } else {
            const never = new Int32Array(new SharedArrayBuffer(4));
            for (let i = 0; i < 300; i++) {
                job('measured', () => {});
                Atomics.wait(never, 0, 0, 5); // so that there is time for a collection behind each
            }
            Atomics.store(workerData, 0, 300);
            Atomics.notify(workerData, 0);
        }
        ${forever}`)], { env: { ISOSCOPE_GC_BUDGET: '1' } });
    await until('all are done', () => program.stdout === 'done 300\n', 120);
    const lost = await until('what was dropped is counted', async () => {
        const [one] = (await s.get('/api/v1/processes')).processes;
        return one.lost > 0 && one.lost;
    }, 60);
    const isolate = await until('its jobs', async () => {
        const one = await s.isolate(`${program.pid}.1`);
        return one?.jobs === 300 && one;
    });
    const told = (await s.events('job')).filter((one) => one.isolate === isolate.id);
    assert.ok(told.length > 10 && told.length < 300, `${lost} lost, ${told.length} told`);
    assert.equal(program.stderr, '');
});

test('of lines for a board each is taken or counted as lost, in their order', () => {
    const { Board } = createRequire(import.meta.url)(`${agent}/lib/board.js`);
    const board = new Board(), taken = [];
    let lost = 0;
    for (let i = 0; i < 5000; i++) {
        const line = `${i} ${'x'.repeat(i * 31 % 600)}`;
        const hasRoom = board.hasRoom(line.length);
        assert.equal(board.push(line), hasRoom);
        if (i % 97 === 0) {
            taken.push(...board.pull());
            lost += board.pullLost();
        }
    }
    taken.push(...board.pull());
    lost += board.pullLost();
    assert.ok(lost > 100 && taken.length + lost === 5000, `${lost} lost, ${taken.length} taken`);
    const numbers = taken.map((line) => parseInt(line, 10));
    assert.ok(numbers.every((number, at) => (at === 0 || number > numbers[at - 1]) && taken[at].length === String(number).length + 1 + number * 31 % 600));
});

test('a heap that is nearly full is told before it dies, of the main thread and of a worker', async (t) => {
    const s = await watched(t);
    await s.collector();
    const file = s.file('full.js', `const { Worker, isMainThread, threadId } = require('worker_threads');
        const v8 = require('v8');
        if (isMainThread) { new Worker(__filename, { resourceLimits: { maxOldGenerationSizeMb: 100, maxYoungGenerationSizeMb: 2 } }); }
        const kept = [];
        const { heap_size_limit: limit } = v8.getHeapStatistics();
        const fill = () => {
            while (v8.getHeapStatistics().used_heap_size < limit * 0.93) {
                kept.push(Array.from({ length: 1000 }, (_, i) => ({ i })));
            }
            gc();
            console.log(threadId, limit);
        };
        setTimeout(fill, 300);
        setInterval(() => kept.length, 1000);`);
    const program = s.node(['--expose-gc', '--max-old-space-size=100', '--max-semi-space-size=1', file]);
    await until('both are full', () => program.stdout.trim().split('\n').length === 2, 60);
    for (const line of program.stdout.trim().split('\n')) {
        const [thread, limit] = line.split(' ').map(Number);
        const event = await until(`${thread} is told`, async () => (await s.events('near_limit'))
            .find((one) => one.isolate === `${program.pid}.${thread}`));
        assert.equal(event.limit, limit);
        assert.ok(event.used > 0.9 * limit && event.used <= limit, `${event.used} of ${limit}`);
    }
    assert.equal((await s.events('near_limit')).length, 2, 'once each, not at every collection');
});

test('a collector that talks nonsense harms nobody', async (t) => {
    const s = await watched(t);
    const welcome = '{"type":"welcome","version":1}\n';
    const nonsense = ['}{\n', 'null\n', '7\n', '{"type":"command"}\n', '{"type":"command","id":"1","do":"gc","thread":"x"}\n',
        '{"type":"command","id":"2","do":null,"thread":0}\n', '{"type":"command","id":"3","do":"profile","thread":0,"interval":"a"}\n',
        '{"type":"command","id":"4","do":"snapshot","thread":99}\n', `${'x'.repeat(1 << 20)}\n`, '\0\n\n', '[]\n'];
    const heard = [];
    const server = createServer((socket) => {
        socket.on('error', () => {});
        socket.on('data', (data) => heard.push(String(data)));
        socket.write(welcome + nonsense.join('') + '{"type":"command","id":"last","do":"gc","thread":0}\n');
    }).listen(s.socket);
    t.after(() => server.close());
    const program = s.node(['-e', `setInterval(() => { if (require('fs').existsSync('over')) { console.log('fine'); process.exit(4); } }, 100)`],
        { env: { ISOSCOPE_DEBUG: undefined } });
    await until('what follows nonsense is obeyed', () => /"id":"last","ok":true/.test(heard.join('')), 30);
    s.file('over', '');
    const { code } = await program.ended;
    assert.deepEqual([program.stdout, program.stderr, code], ['fine\n', '', 4]);
    const said = heard.join('');
    assert.match(said, /"id":"4","ok":false/);
});

test('an errant environment: no home, no tmp, a socket that is none, settings that are none', async (t) => {
    const s = await watched(t);
    for (const env of [{ ISOSCOPE_SOCKET: '/dev/null' }, { ISOSCOPE_SOCKET: '/proc/self/environ' }, { ISOSCOPE_SOCKET: s.dir },
        { ISOSCOPE_SOCKET: 'x'.repeat(300) }, { ISOSCOPE_INTERVAL: 'often', ISOSCOPE_GC_BUDGET: 'lots', TMPDIR: '/nowhere' },
        { ISOSCOPE_SOCKET: '', XDG_RUNTIME_DIR: '/nowhere' }, { ISOSCOPE_INTERVAL: '1e99' }]) {
        const program = s.node(['-e', 'setTimeout(() => console.log(1), 300)'], { env: { ...env, ISOSCOPE_DEBUG: undefined } });
        const { code } = await program.ended;
        assert.deepEqual([program.stdout, program.stderr, code], ['1\n', '', 0], JSON.stringify(env));
    }
});

test('what breaks inside of the agent stays inside', async (t) => {
    const s = await watched(t);
    await s.collector();
    // each breaks something the agent goes on to use
    const breakers = ['process.memoryUsage = () => { throw new Error("broken") }',
        'require("v8").getHeapStatistics = () => { throw new Error("broken") }',
        'require("net").Socket.prototype.write = () => { throw new Error("broken") }',
        'JSON.stringify = () => { throw new Error("broken") }', 'Atomics.add = undefined', 'Date.now = undefined'];
    for (const breaker of breakers) {
        const program = s.node(['-e', `const { Worker } = require('worker_threads');
            setTimeout(() => { ${breaker}; }, 100);
            setTimeout(() => {
                new Worker('process.exit(3)', { eval: true }).on('exit', (code) => { require('fs').writeSync(1, 'exit ' + code); });
            }, 700);`], { env: { ISOSCOPE_DEBUG: undefined } });
        const { code } = await program.ended;
        assert.deepEqual([program.stdout, program.stderr, code], ['exit 3', '', 0], breaker);
    }
});

test('threads that look for gc() at the same time all find it', async (t) => {
    const s = await watched(t);
    const program = s.node([s.file('race.js', `const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
        const { Collections } = require('${agent}/lib/collections.js');
        const count = 8;
        if (isMainThread) {
            const words = new Int32Array(new SharedArrayBuffer(8));
            let without = 0, left = count;
            for (let i = 0; i < count; i++) {
                new Worker(__filename, { workerData: words }).on('message', (more) => {
                    without += more;
                    if (--left === 0) { console.log(without, 'without'); }
                });
            }
        } else {
            let without = 0;
            if (Atomics.add(workerData, 0, 1) + 1 === count) {
                Atomics.store(workerData, 1, 1);
                Atomics.notify(workerData, 1);
            }
            Atomics.wait(workerData, 1, 0);
            for (let i = 0; i < 40; i++) { without += new Collections(() => {}).force() ? 0 : 1; }
            parentPort.postMessage(without);
        }`)], { bare: true });
    await program.ended;
    assert.deepEqual([program.stdout, program.stderr], ['0 without\n', '']);
});
