// What the collector orders of Node's isolates: collections, snapshots, profiles, replacement.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { watched } from './agent.mjs';
import { gasping, until } from './lib.mjs';

const app = `const { Worker, isMainThread, workerData } = require('worker_threads');
const agent = require('@isoscope/agent');
globalThis.kept = Array.from({ length: 50000 }, (_, i) => ({ findMe: i }));
if (isMainThread) {
    new Worker(__filename, { name: 'fine', workerData: 'fine' });
    new Worker('for (;;) {}', { eval: true, name: 'stuck' });
} else {
    agent.on('recycle', () => { console.log('replace me'); });
}
setInterval(() => { for (let i = 0; i < 1000; i++) { kept[i] = { findMe: i }; } }, 20);`;

test('gc, snapshot, profile and recycle of the main thread and of a worker', async (t) => {
    const s = await watched(t);
    await s.collector('--config', s.file('allow.yaml', 'http: {allow_actions: true}\n'));
    s.package();
    const program = s.node([s.file('app.js', app)]);
    await until('all are there', async () => {
        const seen = await s.isolates(program.pid);
        return seen.filter((i) => i.heap.used > 0).length >= 2 && seen.some((i) => i.name === 'stuck');
    }, 60);
    const ctl = async (...args) => {
        const child = s.start('isoctl', ['--url', s.url, ...args]);
        const { code } = await child.ended;
        return { code, ...child };
    };
    for (const thread of [0, 1]) {
        const id = `${program.pid}.${thread}`;
        const gc = await ctl('gc', id);
        assert.equal(gc.code, 0, gc.stderr);
        await until('it is told', async () => (await s.isolate(id)).gc.count > 0 && (await s.isolate(id)).heap.live > 1e6);
        const snapshot = await ctl('snapshot', id, '-o', join(s.dir, `${thread}.heapsnapshot`));
        assert.equal(snapshot.code, 0, snapshot.stderr);
        const heap = JSON.parse(readFileSync(join(s.dir, `${thread}.heapsnapshot`), 'utf8'));
        assert.ok(heap.strings.includes('findMe'));
        assert.equal(heap.nodes.length, heap.snapshot.node_count * heap.snapshot.meta.node_fields.length);
        const profile = await ctl('profile', id, '--seconds', '0.5', '-o', join(s.dir, `${thread}.heapprofile`));
        assert.equal(profile.code, 0, profile.stderr);
        assert.ok(JSON.parse(readFileSync(join(s.dir, `${thread}.heapprofile`), 'utf8')).head);
    }
    const recycled = await ctl('recycle', `${program.pid}.1`);
    assert.equal(recycled.code, 0, recycled.stderr);
    assert.equal(program.stdout, 'replace me\n');
    const refused = await ctl('recycle', `${program.pid}.0`);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /does not listen/);
    const stuck = await ctl('snapshot', `${program.pid}.2`, '-o', join(s.dir, 'stuck.heapsnapshot'));
    assert.equal(stuck.code, 0, stuck.stderr);
    assert.ok(JSON.parse(readFileSync(join(s.dir, 'stuck.heapsnapshot'), 'utf8')).nodes.length > 1000);
    assert.equal(program.stderr, '');
});

const larger = `const kept = [];
process.on('SIGUSR2', () => { for (let i = 0; i < 20; i++) { kept.push(String(kept.length).padEnd(1000, '-')); } });
setInterval(() => {}, 1000);`;

// The sizes differ by a third of what is read at once: one of them at least ends in a part that is sent in two.
test('a collector that reads in gasps gets snapshots to their last byte', async (t) => {
    const s = await watched(t);
    const collector = await s.collector('--config', s.file('allow.yaml', 'http: {allow_actions: true}\n'));
    s.package();
    const program = s.node([s.file('larger.js', larger)]);
    await until('it is there', async () => (await s.isolates(program.pid)).some((i) => i.heap.used > 0), 60);
    for (let time = 0; time < 3; time++) {
        process.kill(program.pid, 'SIGUSR2');
        const file = join(s.dir, `${time}.heapsnapshot`);
        const child = s.start('isoctl', ['--url', s.url, 'snapshot', `${program.pid}.0`, '-o', file]);
        const [{ code }] = await gasping(collector.pid, [child.ended]);
        assert.equal(code, 0, child.stderr);
        JSON.parse(readFileSync(file, 'utf8'));
    }
});

const growing = `const { Worker, isMainThread, workerData } = require('worker_threads');
const agent = require('@isoscope/agent');
const [pause, count] = process.argv.slice(2).map(Number);
const kept = [];
function keepTiles() { for (let i = 0; i < count; i++) { kept.push(new Array(400).fill(i)); } } // LINE tiles
const KINDS = { tiles: keepTiles, buffers() { kept.push(new ArrayBuffer(1 << 20)); }, none() { return new Array(1000).fill({}); } };
if (isMainThread) {
    Object.keys(KINDS).forEach((name) => new Worker(__filename,
        { name, workerData: name, argv: process.argv.slice(2), resourceLimits: { maxOldGenerationSizeMb: 512 } }));
    setInterval(() => {}, 1000);
} else {
    setInterval(() => agent.job('work', KINDS[workerData]), pause);
}`;
const line = growing.split('\n').findIndex((each) => each.endsWith('LINE tiles')) + 1;

test('what grows over some jobs is told by the function that makes it', async (t) => {
    const s = await watched(t);
    await s.collector('--config', s.file('allow.yaml', 'http: {allow_actions: true}\nculprit: {enabled: false}\n'));
    s.package();
    const file = s.file('growing.js', growing);
    const program = s.node([file, '40', '40']);
    const ctl = async (...args) => {
        const child = s.start('isoctl', ['--url', s.url, ...args]);
        const { code } = await child.ended;
        return { code, ...child };
    };
    const id = (name) => until(`worker ${name}`, async () =>
        (await s.isolates(program.pid)).find((one) => one.name === name && (one.jobs > 1 || name === 'main'))?.id, 60);
    const growth = async (name, ...options) => {
        const done = await ctl('--json', 'growth', await id(name), '--seconds=60', ...options);
        assert.equal(done.code, 0, done.stderr);
        return JSON.parse(done.stdout).result;
    };
    const tiles = await growth('tiles', '--interval=1024');
    const said = JSON.stringify(tiles);
    assert.equal(tiles.jobs, 8, said);
    assert.deepEqual([tiles.sites[0].file, tiles.sites[0].line, tiles.sites[0].function], [file, line, 'keepTiles'], said);
    assert.ok(tiles.bytes > 8 * 40 * 400 * 4 && tiles.sites[0].bytes > 0.5 * tiles.bytes, said);
    assert.ok(tiles.pause_seconds > 0 && tiles.seconds > 0, said);
    assert.equal(tiles.no_site, null, said);
    const buffers = await growth('buffers', '--jobs=4');
    const [kind] = buffers.kinds;
    assert.deepEqual([kind.name, buffers.jobs], ['(array buffer)', 4]);
    assert.ok(kind.bytes >= 4 << 20 && kind.bytes <= (4 << 20) + 16384, `${kind.bytes}`); // Node's own: 8 KB for Buffers, now and then
    assert.match(buffers.no_site, /samples do not see/);
    const none = await growth('none', '--interval=1024');
    assert.ok(none.bytes < 64 << 10, JSON.stringify(none));
    const shown = await ctl('growth', await id('tiles'), '--interval=1024', '--seconds=60');
    assert.match(shown.stdout, new RegExp(`^keepTiles .*growing\\.js:${line}$`, 'm'));
    const quiet = await ctl('growth', await id('main'), '--seconds=0.3');
    assert.equal(quiet.code, 1);
    assert.match(quiet.stderr, /no two jobs ended/);
    const census = await ctl('census', await id('tiles'));
    assert.equal(census.code, 1);
    assert.match(census.stderr, /cannot take a census/);
    assert.equal(program.stderr, '');
});

test('a drift alert of a Node worker names the function', async (t) => {
    const s = await watched(t);
    await s.collector('--config', s.file('patient.yaml', 'culprit: {max_pause: 1m}\n'));
    s.package();
    const file = s.file('growing.js', growing);
    const program = s.node([file, '150', '500'], { env: { ISOSCOPE_GC_BUDGET: '0.5' } });
    const alert = await until('the leak is named', async () => (await s.get('/api/v1/alerts')).alerts
        .find((one) => one.rule === 'drift' && one.site !== null), 120);
    assert.equal(alert.site, `${file}:${line}`);
    assert.equal(alert.function, 'keepTiles');
    assert.equal(alert.constructor, null);
    assert.equal(alert.culprit, 'work');
    assert.match(alert.summary, /^tiles keeps .* In \d+ jobs about [\d.]+ [KM]iB more, made at .*growing\.js:\d+ in keepTiles\.$/);
    assert.equal(program.child.exitCode, null);
});
