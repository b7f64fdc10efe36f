// What the collector orders of Node's isolates: collections, snapshots, profiles, replacement.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { watched } from './agent.mjs';
import { until } from './lib.mjs';

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
