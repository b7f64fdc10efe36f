// Who sends how much to whom, over the real programs: sums, sizes, filters, pages, the terminal.
import assert from 'node:assert/strict';
import test from 'node:test';
import { scene, start, until } from './lib.mjs';

test('flows tell what was cloned, moved and shared', async (t) => {
    const s = await scene(t);
    await s.collector();
    const program = s.run('flows.js');
    await until('the program is through', () => program.stdout.includes('done'));
    const [mainId, left, right] = await until('all isolates are seen', async () => {
        const { isolates } = await s.frame();
        const ids = ['main', 'left', 'right'].map((name) => isolates.find((one) => one.name === name)?.id);
        return ids.every((id) => id) && ids;
    });
    const between = (flows, from, to) => flows.find((flow) => flow.from === from && flow.to === to);
    const flows = await until('all messages are counted', async () => {
        const answer = await s.get('/api/v1/flows?window=300');
        const back = between(answer.flows, left, mainId);
        const there = between(answer.flows, mainId, right);
        return back?.delivered === 40 && there?.delivered === 7 && answer.flows;
    });

    const clones = between(flows, mainId, left);
    assert.equal(clones.messages, 41); // its workerData is one
    assert.equal(clones.delivered, 41);
    assert.ok(clones.clone_bytes >= 40 * 10000 && clones.clone_bytes < 40 * 10200, `${clones.clone_bytes} bytes`);
    assert.equal(clones.transfer_bytes, 0);
    assert.ok(clones.serialize_seconds > 0 && clones.deserialize_seconds > 0 && clones.queue_seconds > 0);
    assert.ok(clones.p50_bytes > 9000 && clones.p50_bytes < 11000, `${clones.p50_bytes}`);
    assert.deepEqual(clones.sizes.at(-1), [8192, 40]);

    const moved = between(flows, mainId, right);
    assert.equal(moved.messages, 7);
    assert.equal(moved.transfer_bytes, 5 * 1048576);
    assert.equal(moved.share_bytes, 4096);
    assert.ok(moved.clone_bytes < 7 * 200, `${moved.clone_bytes} bytes`);

    const waiting = between(flows, mainId, null);
    assert.deepEqual([waiting.messages, waiting.delivered], [1, 0], 'a port that nobody has taken yet');
    const told = (await s.events('clone')).filter((event) => event.to === null);
    assert.deepEqual(told.map((event) => [event.isolate, event.bytes]), [[mainId, waiting.clone_bytes]]);
    assert.equal((await s.get(`/api/v1/flows?isolate=${mainId.split('.')[0]}.4294967295`)).flows.length, 0);

    const page = await s.get('/api/v1/flows?limit=1');
    assert.equal(page.flows.length, 1);
    const rest = await s.get(`/api/v1/flows?cursor=${encodeURIComponent(page.next)}`);
    assert.equal(rest.flows.length + 1, flows.length);
    assert.equal(rest.next, null);
    const ofLeft = await s.get(`/api/v1/flows?isolate=${left}`);
    assert.equal(ofLeft.flows.length, 2);
    assert.equal((await s.get('/api/v1/flows?process=1')).flows.length, 0);
    assert.equal((await fetch(`${s.url}/api/v1/flows?window=301`)).status, 400);

    const shown = start('isoctl', ['--url', s.url, 'flows', '--window=300']);
    assert.equal((await shown.ended).code, 0);
    assert.match(shown.stdout, new RegExp(`^${mainId} +nobody yet +1 `, 'm'));
    assert.match(shown.stdout, new RegExp(`${mainId} +${right} +7 .*5\\.00 MiB +4\\.00 KiB`));
});

test('the distribution counts each isolate once a column', async (t) => {
    const s = await scene(t);
    await s.collector();
    const program = s.run('flows.js');
    await until('the program is through', () => program.stdout.includes('done'));
    const answer = await until('a column holds all three', async () => {
        const seen = await s.get('/api/v1/isolates/distribution?from=-60&px=20&bins=10&metric=heap.total');
        return seen.counts.some((column) => column.reduce((a, b) => a + b) === 3) && seen;
    });
    assert.equal(answer.counts.length, 20);
    assert.ok(answer.counts.every((column) => column.length === 10 && column.reduce((a, b) => a + b) <= 3));
    const { isolates } = await s.frame();
    assert.ok(answer.high <= 2 * Math.max(...isolates.map((one) => one.heap.peak)), `${answer.high}`);
    const ratio = await s.get('/api/v1/isolates/distribution');
    assert.equal(ratio.metric, 'heap.ratio');
    assert.equal(ratio.high, 1);
    assert.equal((await fetch(`${s.url}/api/v1/isolates/distribution?metric=rss`)).status, 400);
    assert.equal((await fetch(`${s.url}/api/v1/isolates/distribution?px=1000`)).status, 400);
});
