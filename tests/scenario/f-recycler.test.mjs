// Recycling by itself: a leaking pool is kept small by the collector, job after job; where replacing
// does not help it stops and says so; where it is not asked for it only tells.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { scene, sleep, until } from './lib.mjs';

async function recycling(t, kind, config) {
    const s = await scene(t);
    const file = join(s.dir, 'recycling.yaml');
    writeFileSync(file, config);
    s.daemon = await s.collector('--config', file);
    s.program = s.run('recycling.js', kind);
    s.status = () => s.get('/api/v1/status');
    return s;
}

const AUTO = 'drift: {recycle: auto}\nrecycle: {stagger: 500ms, max_per_minute: 60, cooldown: 1h}\n';

test('a leaking pool is replaced worker by worker and stays small', async (t) => {
    const s = await recycling(t, 'leaking', AUTO);
    const recycler = await until('three recycles that helped', async () => {
        const { recycler } = await s.status();
        return recycler.done >= 3 && recycler;
    }, 90);
    assert.equal(recycler.failed, 0, s.daemon.stderr);
    assert.equal(recycler.helpless, 0, s.daemon.stderr);
    const { recycles } = await s.get('/api/v1/recycles');
    assert.ok(recycles.length >= 3);
    for (const recycle of recycles) {
        assert.equal(recycle.reason, 'drift', 'ordered for what the collector saw');
        assert.ok(recycle.predicted > 0 && recycle.reclaimed >= recycle.predicted / 2, JSON.stringify(recycle));
    }
    const events = (await s.events('exit')).map((event) => event.isolate);
    assert.ok(recycles.every((recycle) => events.includes(recycle.isolate)), 'the old ones have ended');
    const { processes: [{ heap_total: total }] } = await s.frame();
    assert.ok(total < 400 << 20, `the sum stays bounded: ${total}`);
    assert.doesNotMatch(s.program.stdout, /"failed":[1-9]/, 'no job was lost');
    const metrics = await (await fetch(`${s.url}/metrics`)).text();
    assert.match(metrics, /isoscope_recycles_total\{reason="drift"\} [3-9]/);
    assert.match(metrics, /isoscope_recycler_orders_total\{result="done"\} [3-9]/);
});

test('where replacing frees nothing it stops and says so', async (t) => {
    const s = await recycling(t, 'stubborn', AUTO);
    const alert = await until('the alert', async () =>
        (await s.get('/api/v1/alerts')).alerts.find((one) => one.rule === 'recycling'), 120);
    assert.match(alert.summary, /Recycling thumbs stopped helping/);
    assert.equal(alert.culprit, 'thumbs');
    const before = (await s.status()).recycler;
    assert.equal(before.pools_off, 1);
    assert.ok(before.helpless >= 3);
    await sleep(3);
    assert.equal((await s.status()).recycler.ordered, before.ordered, 'no more of it');
});

test('by default it only tells', async (t) => {
    const s = await recycling(t, 'leaking', 'drift: {recycle: alert}\n');
    await until('the drift alert', async () =>
        (await s.get('/api/v1/alerts')).alerts.find((one) => one.rule === 'drift' && one.state === 'firing'), 60);
    await sleep(2);
    assert.equal((await s.status()).recycler.ordered, 0);
    assert.equal((await s.get('/api/v1/recycles')).recycles.length, 0);
});
