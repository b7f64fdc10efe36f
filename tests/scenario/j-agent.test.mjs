// The agent in real Node processes: its figures beside the program's own, collectors that come and go,
// and programs that don't notice it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { agent, node, watched } from './agent.mjs';
import { isSanitized, programs, until } from './lib.mjs';

const near = (seen, wanted, share) => Math.abs(seen - wanted) <= wanted * share;
const forever = 'setInterval(() => {}, 1000);\n';

test('its figures are those of process.memoryUsage() and v8.getHeapStatistics()', async (t) => {
    const s = await watched(t);
    await s.collector();
    const program = s.node(['--expose-gc', join(programs, 'node-figures.js')]);
    await until('both spoke', () => program.stdout.split('\n').length > 2, 60);
    for (const line of program.stdout.trim().split('\n')) {
        const truth = JSON.parse(line);
        const isolate = await until(`isolate ${truth.thread}`, async () => {
            const seen = await s.isolate(`${program.pid}.${truth.thread}`);
            return seen && near(seen.heap.used, truth.used, 0.05) && seen.gc.count > 0 && seen;
        });
        assert.ok(near(isolate.heap.live, truth.live, 0.08), `live ${isolate.heap.live}, in truth ${truth.live}`);
        assert.ok(near(isolate.heap.total, truth.total, 0.25), `${isolate.heap.total}, ${truth.total}`);
        assert.equal(isolate.heap.limit, truth.limit);
        assert.ok(near(isolate.external, truth.external, 0.05), `${isolate.external}, ${truth.external}`);
        assert.ok(near(isolate.array_buffers, truth.array_buffers, 0.02));
        assert.equal(isolate.kind, 'v8');
        assert.deepEqual(isolate.sources, ['agent']);
        assert.equal(isolate.name, truth.thread === 0 ? 'main' : 'worker-one');
        assert.ok(isolate.event_loop_utilization >= 0 && isolate.event_loop_utilization <= 1);
        assert.ok(isolate.spaces.some((space) => space.name === 'old' && space.used > 1 << 20));
        assert.ok(isolate.gc.seconds > 0 && isolate.gc.last_pause > 0);
    }
    const gcs = await s.events('gc');
    assert.ok(gcs.every((each) => ['full', 'forced'].includes(each.kind) && each.after > 0));
    assert.equal(program.stderr, '');
});

test('workers are followed however they are started, and told when they end', async (t) => {
    const s = await watched(t);
    await s.collector();
    const file = s.file('many.js', `
        const { Worker, isMainThread, workerData, SHARE_ENV } = require('worker_threads');
        if (isMainThread) {
            const options = [{}, { execArgv: [] }, { env: { A: '1' } }, { env: SHARE_ENV }, { name: 'named' },
                { execArgv: ['--no-warnings'], env: {} }, { eval: true }];
            options.forEach((each, i) => new Worker(each.eval ? 'setInterval(() => {}, 1000)' : __filename,
                { ...each, workerData: i }));
            new Worker(__filename, { workerData: 'nests' });
            const dies = new Worker('process.exit(7)', { eval: true, name: 'leaves' });
            dies.on('exit', () => { new Worker('for (;;) {}', { eval: true, name: 'spins' }); });
        } else {
            console.log(JSON.stringify([workerData, process.execArgv.length, process.env.NODE_OPTIONS ?? null]));
            if (workerData === 'nests') { new Worker(__filename, { name: 'nested', workerData: 'nested' }); }
            ${forever}
        }`);
    const program = s.node([file]);
    const names = ['main', 'many-1', 'many-2', 'many-3', 'many-4', 'named', 'many-6', 'eval-7', 'many-8', 'nested'];
    const list = await until('all of them', async () => {
        const seen = (await s.isolates(program.pid)).filter((i) => i.heap.used > 0);
        return names.every((name) => seen.some((i) => i.name === name)) && seen;
    }, 60);
    assert.ok(list.every((i) => i.heap.limit > 0));
    const left = await until('the one that left', async () =>
        (await s.isolates(program.pid)).find((i) => i.name === 'leaves' && i.state === 'exited'));
    assert.equal(left.exit_code, 7);
    await until('the one that spins is announced', async () =>
        (await s.isolates(program.pid)).some((i) => i.name === 'spins'));
    await until('they spoke', () => program.stdout.trim().split('\n').length === 8);
    for (const line of program.stdout.trim().split('\n')) {
        const [, args, options] = JSON.parse(line);
        assert.ok(args === 0 || args === 1 || args === 2);
        assert.equal(options, null);
    }
    assert.equal(program.stderr, '');
});

test('a stuck worker is stale and keeps its last figures', async (t) => {
    const s = await watched(t);
    await s.collector('--config', s.file('quick.yaml', 'tick: {stale_after: 1s}\n'));
    const file = s.file('stuck.js', `
        const { Worker, isMainThread, workerData } = require('worker_threads');
        if (isMainThread) {
            for (const name of ['stuck', 'fine']) { new Worker(__filename, { name, workerData: name }); }
        }
        setInterval(() => {
            if (workerData === 'stuck' && require('fs').existsSync('flag')) { for (;;) {} }
        }, 50);`);
    const program = s.node([file]);
    const find = async (name) => (await s.isolates(program.pid)).find((i) => i.name === name);
    await until('it runs', async () => (await find('stuck'))?.heap.used > 0);
    s.file('flag', '');
    const stale = await until('stale', async () => {
        const seen = await find('stuck');
        return seen.stale && seen;
    });
    assert.ok(stale.heap.used > 1e6);
    assert.equal(stale.state, 'running');
    assert.equal((await find('main')).stale, false);
    assert.equal((await find('fine')).stale, false);
});

test('the collector is killed and comes back', async (t) => {
    const s = await watched(t);
    const first = await s.collector();
    const file = s.file('app.js', `const { Worker, isMainThread } = require('worker_threads');
        if (isMainThread) { new Worker(__filename, { name: 'w' }); } ${forever}`);
    const program = s.node([file]);
    const both = async () => (await s.isolates(program.pid)).filter((i) => i.heap.used > 0 && !i.stale).length === 2;
    await until('both are seen', both);
    await first.kill();
    await s.collector();
    await until('both are seen again', both);
    assert.equal(program.child.exitCode, null);
    assert.equal(program.stderr, '');
    const names = (await s.isolates(program.pid)).map((i) => i.name).sort();
    assert.deepEqual(names, ['main', 'w']);
});

test('a flag that overrides the limits of workers is told', async (t) => {
    const s = await watched(t);
    await s.collector('--config', s.file('quick.yaml', 'rules: [{kind: limit_audit, for: 0s}]\n'));
    const file = s.file('limited.js', `const { Worker, isMainThread } = require('worker_threads');
        if (isMainThread) {
            new Worker(__filename, { name: 'small', resourceLimits: { maxOldGenerationSizeMb: 40 } });
            new Worker(__filename, { name: 'free' });
        } ${forever}`);
    const overrides = async (pid) => (await s.get('/api/v1/advice')).advice.filter((one) => one.id === `limit_audit:${pid}:flag`);
    // before a worker reports, its limit is what its parent gave it
    const limits = async (pid) => Object.fromEntries((await s.isolates(pid)).filter((i) => i.heap.used > 0).map((i) => [i.name, i.heap.limit]));
    const all = (program) => until('all report', async () => {
        const found = await limits(program.pid);
        return found.small > 0 && found.free > 0 && found;
    }, 30);
    const kept = s.node([file]);
    const bounded = await all(kept);
    assert.ok(bounded.small < 300 << 20, JSON.stringify(bounded)); // of Node 24 192 MiB are for young objects
    const flagged = [s.node(['--max-old-space-size=300', file]), s.node([file], { env: { NODE_OPTIONS: '--max_old_space_size=300' } })];
    for (const [program, words] of [[flagged[0], '--max-old-space-size=300 of the command line'], [flagged[1], '--max_old_space_size=300 in NODE_OPTIONS']]) {
        const found = await all(program);
        assert.ok(found.small > 300 << 20, JSON.stringify(found));
        const [one] = await until('it is told', async () => {
            const list = await overrides(program.pid);
            return list.length > 0 && list;
        }, 30);
        assert.match(one.symptom, /^small of limited may take [\d.]+ MiB of heap, though it was given [\d.]+ MiB\.$/);
        assert.equal(one.evidence, `${words} overrides resourceLimits, of 1 worker.`);
        assert.match(one.action, /^Start without the flag/);
        await program.kill();
    }
    assert.deepEqual(await overrides(kept.pid), []);
});

test('following a worker has the main thread load nothing that is large', async (t) => {
    const s = await watched(t);
    await s.collector();
    const program = s.node([s.file('plain.js', `const { Worker, isMainThread } = require('worker_threads');
        if (isMainThread) { new Worker(__filename, { name: 'plain' }); }
        process.on('SIGUSR2', () => { console.log(process.moduleLoadList.filter((name) => /undici|NativeModule inspector$/.test(name)).join()); process.exit(); });
        setInterval(() => {}, 1000);`)]);
    await until('both report', async () => (await s.isolates(program.pid)).filter((one) => one.heap.used > 0).length === 2, 60);
    process.kill(program.pid, 'SIGUSR2');
    await program.ended;
    assert.deepEqual([program.stdout, program.stderr], ['\n', '']);
});

test('200 workers', async (t) => {
    const s = await watched(t);
    await s.collector();
    const file = s.file('crowd.js', `const { Worker, isMainThread } = require('worker_threads');
        if (isMainThread) { for (let i = 0; i < 200; i++) { new Worker(__filename); } } ${forever}`);
    const program = s.node([file]);
    await until('all of them', async () =>
        (await s.isolates(program.pid)).filter((i) => i.heap.used > 0 && !i.has_ended).length === 201, 120);
    const [process] = (await s.get('/api/v1/processes')).processes;
    assert.equal(process.isolates, 201);
    assert.ok(isSanitized || process.lost === 0, `${process.lost} lost`); // a slow collector may lose some, and counts them
});

/** What a program does with and without the agent. */
function both(s, files, args, { collected = true, options = [] } = {}) {
    for (const [name, text] of Object.entries(files)) {
        s.file(name, text);
    }
    const env = { ...s.env, ISOSCOPE_SOCKET: collected ? s.socket : join(s.dir, 'nobody.sock') };
    const runs = [['--require', agent], []].map((more) => {
        const start = performance.now();
        const { status, signal, stdout, stderr } = spawnSync(node, [...options, ...more, ...args],
            { cwd: s.dir, env, encoding: 'utf8', timeout: 300e3 });
        return { status, signal, stdout, stderr, ms: performance.now() - start };
    });
    // whether an error of a worker is read as it comes or at its exit is Node's own race
    const clean = ({ status, signal, stdout, stderr }) => ({ status, signal, stdout,
        stderr: stderr.replace(/:\d+:\d+\)?$/gm, '').replace(/^ +at (\[kOnExit\]|Worker\.<computed>\.onexit) .*\n/gm, '') });
    assert.deepEqual(clean(runs[0]), clean(runs[1]));
    return runs;
}

test('a program behaves as it does without the agent', async (t) => {
    const s = await watched(t);
    await s.collector();
    for (const collected of [true, false]) {
        both(s, { 'empty.js': '' }, ['empty.js'], { collected });
        both(s, { 'throws.js': 'null.x' }, ['throws.js'], { collected });
        both(s, { 'rejects.js': 'Promise.reject(new Error("no"))' }, ['rejects.js'], { collected });
        both(s, { 'code.js': 'process.exitCode = 3; process.on("exit", (c) => console.log(c))' }, ['code.js'],
            { collected });
    }
    both(s, { 'bad.js': `const { Worker } = require('worker_threads');
        for (const make of [() => new Worker(7), () => new Worker('x.js'), () => new Worker(__filename, { env: 1 }),
            () => new Worker(__filename, { execArgv: ['--title=x'] }), () => Worker(__filename),
            () => new Worker(__filename, { execArgv: 5 }), () => new Worker('', { eval: true, argv: 3 })]) {
            try { make(); } catch (e) { console.log(e.stack); }
        }
        class Own extends Worker { constructor() { super('throw new TypeError("in it")', { eval: true }); } }
        const own = new Own();
        console.log(own instanceof Own, own instanceof Worker, Worker.name, Worker.length, own.constructor === Own,
            Object.getPrototypeOf(Own) === Worker, new Worker('', { eval: true }).constructor === Worker);
        own.on('error', (e) => console.log(e.name, e.message));
        own.on('exit', (c) => console.log('exit', c));` }, ['bad.js']);
    both(s, { 'uncaught.js': `const { Worker } = require('worker_threads');
        new Worker('throw new RangeError("nobody listens")', { eval: true });` }, ['uncaught.js']);
    both(s, { 'esm.mjs': `import { Worker, isMainThread, threadId } from 'node:worker_threads';
        import assert from 'node:assert';
        const { Worker: same } = await import('worker_threads');
        assert.equal(same, Worker);
        if (isMainThread) { new Worker(new URL(import.meta.url)).on('exit', (c) => console.log(threadId, c)); }
        else { console.log('in', threadId); }` }, ['esm.mjs']);
});

test('nothing is held up at the end, also by a collector that does not read', async (t) => {
    const s = await watched(t);
    const collector = await s.collector();
    const source = { 'short.js': 'setTimeout(() => console.log("done"), 700)' };
    both(s, source, ['short.js']);
    collector.child.kill('SIGSTOP');
    const [frozen, bare] = both(s, source, ['short.js']);
    collector.child.kill('SIGCONT');
    assert.ok(frozen.ms < 2 * bare.ms + 15000, `${frozen.ms} ms with, ${bare.ms} ms without`);
});

test('--import, NODE_OPTIONS and the name of the package', async (t) => {
    const s = await watched(t);
    await s.collector();
    s.package();
    const file = s.file('own.mjs', `import agent, { job, name } from '@isoscope/agent';
        import { createRequire } from 'node:module';
        name('chosen');
        console.log(job('answer', () => 42), await job('later', async () => 43),
            createRequire(import.meta.url)('@isoscope/agent') === agent);
        try { job('fails', () => { throw new Error('as it is'); }); } catch (e) { console.log(e.message); }
        try { job(7); } catch (e) { console.log(e.code); }
        ${forever}`);
    const started = [
        s.node(['--import', '@isoscope/agent', file], { bare: true }),
        s.node([file], { bare: true, env: { NODE_OPTIONS: '--require @isoscope/agent' } }),
        s.node([file], { bare: true }),
    ];
    for (const program of started) {
        const isolate = await until('its name and jobs', async () =>
            (await s.isolates(program.pid)).find((i) => i.name === 'chosen' && i.jobs === 3));
        assert.equal(isolate.thread, 0);
        assert.equal(program.stdout, '42 43 true\nas it is\nERR_INVALID_ARG_TYPE\n');
        assert.equal(program.stderr, '');
    }
    assert.deepEqual((await s.events('job')).map((e) => e.name).sort(),
        ['answer', 'later', 'fails'].flatMap((name) => [name, name, name]).sort());
});
