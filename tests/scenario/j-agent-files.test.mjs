// Files and answers of Node's isolates on their way to the collector: whole or not at all, whatever ends or
// stops in between, and nothing behind their end.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { agent, node, watched } from './agent.mjs';
import { gasping, until } from './lib.mjs';

const app = `const { Worker, isMainThread } = require('worker_threads');
globalThis.kept = Array.from({ length: 40000 }, (_, i) => ({ findMe: i }));
if (isMainThread) {
    const worker = new Worker(__filename, { name: 'heavy' });
    process.on('SIGUSR2', () => { worker.terminate().then(() => console.log('ended')); });
}
setInterval(() => {}, 1000);`;

/** A scene with a program of a main thread and a worker, and orders to them. */
async function ordering(t) {
    const s = await watched(t);
    s.again = () => s.collector('--config', s.file('allow.yaml', 'http: {allow_actions: true}\n'));
    s.daemon = await s.again();
    s.package();
    s.program = s.node([s.file('app.js', app)]);
    await until('both are there', async () =>
        (await s.isolates(s.program.pid)).filter((one) => one.heap.used > 1e6).length === 2, 60);
    s.order = (what, thread, ...more) => {
        const file = join(s.dir, `${what}-${thread}`);
        const child = s.start('isoctl', ['--url', s.url, what, `${s.program.pid}.${thread}`, ...more, '-o', file]);
        return child.ended.then(({ code }) => ({ code, stderr: child.stderr, read: () => JSON.parse(readFileSync(file, 'utf8')) }));
    };
    return s;
}

const nodesOf = ({ snapshot, nodes }) => nodes.length === snapshot.node_count * snapshot.meta.node_fields.length;

test('files of several isolates ordered at once are whole, each', async (t) => {
    const s = await ordering(t);
    const [one, other, profile, again] = await gasping(s.daemon.pid, [s.order('snapshot', 0), s.order('snapshot', 1),
        s.order('profile', 1, '--seconds=0.3'), s.order('profile', 0, '--seconds=0.3')]);
    for (const { code, stderr } of [one, other, profile, again]) {
        assert.equal(code, 0, stderr);
    }
    assert.ok(nodesOf(one.read()) && nodesOf(other.read()));
    assert.ok(profile.read().head && again.read().head);
    assert.equal((await s.get('/api/v1/status')).lines_refused, 0);
    assert.equal(s.program.stderr, '');
});

test('V8 has one profile of an isolate: a second one at the same time is refused and harms the first not', () => {
    const { Sampling } = createRequire(import.meta.url)(`${agent}/lib/sampling.js`);
    const first = new Sampling(1024);
    assert.throws(() => new Sampling(1024), /sampled already/);
    assert.ok(first.stop().head);
    new Sampling(1024).drop();
    assert.ok(new Sampling(1024).stop().head, 'and then there is room again');
});

test('a worker that ends while its files are on their way: each is whole or has failed', async (t) => {
    const s = await ordering(t);
    const all = [s.order('snapshot', 0), s.order('snapshot', 1), s.order('profile', 1, '--seconds=0.2')];
    await sleep(250);
    process.kill(s.program.pid, 'SIGUSR2');
    const [main, snapshot, profile] = await gasping(s.daemon.pid, all);
    assert.equal(main.code, 0, `${main.stderr} ${s.program.child.exitCode} ${s.program.child.signalCode} ${s.program.stderr}`);
    assert.ok(nodesOf(main.read()));
    for (const one of [snapshot, profile]) {
        assert.ok(one.code === 0 ? one.read() : /ended/.test(one.stderr), one.stderr);
    }
    await until('it has ended', () => s.program.stdout === 'ended\n');
    assert.equal((await s.order('snapshot', 0)).code, 0, 'the next one comes through');
    assert.equal((await s.get('/api/v1/status')).lines_refused, 0, 'nothing was said behind an end');
    assert.equal(s.program.stderr, '');
});

const stuck = `const { Worker, isMainThread } = require('worker_threads');
globalThis.kept = Array.from({ length: 40000 }, (_, i) => ({ findMe: i }));
if (isMainThread) {
    const start = () => new Worker(__filename, { name: 'stuck' });
    let worker = start();
    process.on('SIGUSR2', () => { worker.terminate().then((code) => { console.log('ended', code); worker = start(); }); });
    setInterval(() => {}, 1000);
} else {
    for (;;) { kept[0].findMe++; }
}`;

// Node reads a snapshot out of the worker it is of: the program must not end that meanwhile, nor wait for ever.
test('a stuck worker that its program ends while it is looked into from outside', async (t) => {
    const s = await watched(t);
    await s.collector('--config', s.file('allow.yaml', 'http: {allow_actions: true}\n'));
    const program = s.node([s.file('stuck.js', stuck)]);
    for (const [at, delay] of [1900, 2150, 2400, 2700].entries()) {
        const id = `${program.pid}.${at + 1}`;
        await until('it is there', async () => (await s.isolate(id))?.heap.used > 0, 60);
        const order = s.start('isoctl', ['--url', s.url, 'snapshot', id, '-o', join(s.dir, id)]);
        await sleep(delay);
        process.kill(program.pid, 'SIGUSR2');
        const { code } = await order.ended;
        assert.ok(code === 0 ? nodesOf(JSON.parse(readFileSync(join(s.dir, id), 'utf8'))) : /ended/.test(order.stderr), order.stderr);
        await until('it has ended', () => program.stdout === 'ended 1\n'.repeat(at + 1), 60);
    }
    assert.deepEqual([program.child.exitCode, program.child.signalCode, program.stderr], [null, null, '']);
});

test('a collector that is gone midway: no other one hears of its orders, and the next one is served', async (t) => {
    const s = await ordering(t);
    const lost = [s.order('snapshot', 0), s.order('snapshot', 1)];
    await sleep(300);
    process.kill(s.daemon.pid, 'SIGSTOP');
    await sleep(200); // what is under way is stuck half-way
    await s.daemon.kill();
    await Promise.all(lost);
    s.daemon = await s.again();
    await until('both are back', async () => (await s.isolates(s.program.pid)).filter((one) => one.heap.used > 1e6).length === 2, 60);
    for (const thread of [0, 1]) {
        const next = await s.order('snapshot', thread);
        assert.equal(next.code, 0, next.stderr);
        assert.ok(nodesOf(next.read()));
    }
    assert.equal((await s.get('/api/v1/status')).lines_refused, 0);
    assert.equal(s.program.stderr, '');
});

test('a collector that stands still for long: what is under way fails at once, not by its silence', async (t) => {
    const s = await ordering(t);
    const order = s.order('snapshot', 0);
    await sleep(300);
    process.kill(s.daemon.pid, 'SIGSTOP');
    await sleep(4000); // longer than the agent waits for a reader
    process.kill(s.daemon.pid, 'SIGCONT');
    const { code, stderr, read } = await order;
    assert.ok(code === 0 ? nodesOf(read()) : /is not connected/.test(stderr), stderr); // any more, or already when it was asked
    const next = await until('it is back', async () => {
        const one = await s.order('snapshot', 0);
        assert.equal(one.code, 0, one.stderr);
        return one;
    }, 60);
    assert.ok(nodesOf(next.read()));
});

test('lines beyond what is kept push out lines, never a piece of a file or an answer', async (t) => {
    const s = await watched(t);
    const { Link } = createRequire(import.meta.url)(`${agent}/lib/link.js`);
    let socket, said = '';
    const server = createServer((one) => {
        socket = one;
        one.setEncoding('utf8');
        one.write('{"type":"welcome","version":1}\n');
    }).listen(s.socket);
    const before = process.env.ISOSCOPE_SOCKET;
    process.env.ISOSCOPE_SOCKET = s.socket;
    const link = new Link({ type: 'hello' }, { onCommand() {}, onRefused() {}, onWelcome() {}, onGone() {} });
    t.after(() => {
        process.env.ISOSCOPE_SOCKET = before ?? '';
        socket?.destroy();
        link.socket?.destroy();
        server.close();
    });
    await until('it is welcome', () => { link.tend(Date.now()); return link.isWelcome; });
    const fill = () => { for (let i = 0; i < 3000; i++) { link.say(`{"line":"${'x'.repeat(200)}"}`); } };
    fill();
    link.flush(); // more than the kernel takes while nobody reads
    const pieces = [];
    for (let i = 0; i < 5; i++) {
        pieces.push(link.deliver(`{"piece":${i},"data":"${'y'.repeat(40000)}"}`));
        fill();
    }
    link.answer('{"answer":1}');
    fill();
    assert.ok(link.lost > 5000, `${link.lost} lost`);
    socket.on('data', (text) => { said += text; });
    await Promise.all(pieces);
    await until('the answer', () => said.includes('"answer"'));
    const order = said.split('\n').filter((line) => /piece|answer/.test(line)).map((line) => JSON.parse(line));
    assert.deepEqual(order.map((one) => one.piece ?? 'answer'), [0, 1, 2, 3, 4, 'answer']);
    assert.ok(order.slice(0, 5).every((one) => one.data.length === 40000));
});

const many = `const agent = require('@isoscope/agent');
const { Worker, isMainThread } = require('worker_threads');
if (isMainThread) {
    new Worker(__filename, { name: 'many' });
    setInterval(() => {}, 1000);
} else {
    const makers = Array.from({ length: 8 }, (_, i) => require('./' + 'ö'.repeat(120) + i + '.js'));
    setInterval(() => agent.job('work', () => makers.forEach((make) => make())), 40);
}`;
const maker = `const kept = [];
module.exports = function ${'ä'.repeat(60)}() { for (let i = 0; i < 40; i++) { kept.push(new Array(400).fill(i)); } };`;

test('an answer that is longer than a line of a worker is shortened, not lost', async (t) => {
    const s = await watched(t);
    await s.collector('--config', s.file('allow.yaml', 'http: {allow_actions: true}\nculprit: {enabled: false}\n'));
    s.package();
    for (let i = 0; i < 8; i++) {
        s.file(`${'ö'.repeat(120)}${i}.js`, maker);
    }
    const program = s.node([s.file('many.js', many)]);
    await until('jobs', async () => (await s.isolate(`${program.pid}.1`))?.jobs > 1, 60);
    const child = s.start('isoctl', ['--url', s.url, '--json', 'growth', `${program.pid}.1`, '--interval=1024', '--seconds=60']);
    assert.equal((await child.ended).code, 0, child.stderr);
    const { result } = JSON.parse(child.stdout);
    assert.ok(result.sites.length >= 3 && result.sites.length < 8, child.stdout);
    assert.match(result.sites[0].function, /^ä{60}$/);
    assert.match(result.sites[0].file, /\/ö{120}\d\.js$/);
});

const last = `const socket = require('net').connect(process.argv[2]);
const hello = { type: 'hello', version: 1, pid: process.pid, name: 'last', kind: 'v8' };
const long = (n) => ({ type: 'heap', thread: 0, name: 'main', used: n, unknown: 'x'.repeat(60000) });
socket.write(JSON.stringify(hello) + '\\n');
socket.once('data', () => console.log('welcome'));
process.stdin.once('data', () => {
    const lines = [long(1), long(2), { type: 'exit', thread: 0, t: Date.now() / 1000, code: 7 }];
    socket.write(lines.map((line) => JSON.stringify(line) + '\\n').join(''), () => process.reallyExit(7));
});`;

test('what a process says last is taken to its end, however long its lines are', async (t) => {
    const s = await watched(t);
    const daemon = await s.collector();
    const program = s.start(node, [s.file('last.js', last), s.socket], { stdio: ['pipe', 'pipe', 'pipe'] });
    await until('it is welcome', () => program.stdout === 'welcome\n');
    process.kill(daemon.pid, 'SIGSTOP'); // it is to learn of all at once
    program.child.stdin.write('go\n');
    assert.deepEqual(await program.ended, { code: 7, signal: null });
    process.kill(daemon.pid, 'SIGCONT');
    const exit = await until('its end is told', async () => (await s.events('exit'))[0]);
    assert.equal(exit.code, 7);
    assert.equal((await s.get(`/api/v1/isolates/${program.pid}.0`)).state, 'exited');
});
