// The list of events over restarts of the collector: nothing that was there is lost, nothing is there
// twice, numbers and cursors go on.
import assert from 'node:assert/strict';
import test from 'node:test';
import { scene, until } from './lib.mjs';

const keyOf = (event) => JSON.stringify({ ...event, seq: 0 });

for (const signal of ['SIGKILL', 'SIGTERM']) {
    test(`the list of events survives ${signal}`, async (t) => {
        const s = await scene(t);
        const first = await s.collector();
        s.run('leak.js');
        const all = (since) => s.get(`/api/v1/events?since=${since}&limit=10000`);
        const before = await until('some events', async () => {
            const page = await all(0);
            return page.events.filter((one) => one.type === 'job').length >= 10 && page;
        });
        await first.kill(signal);
        await s.collector();
        const after = await until('newer events', async () => {
            const page = await all(0);
            return page.next > before.next + 20 && page;
        });
        const bySeq = new Map(after.events.map((event) => [event.seq, event]));
        for (const event of before.events) {
            assert.deepEqual(bySeq.get(event.seq), event);
        }
        assert.equal(new Set(after.events.map(keyOf)).size, after.events.length, 'nothing is there twice');
        assert.deepEqual(after.events.map((event) => event.seq), after.events.map((_, i) => i + 1));
        assert.equal(after.events.filter((event) => event.type === 'lost').length, 0);
        const page = await all(before.next);
        assert.equal(page.events[0].seq, before.next + 1);
        assert.equal(page.lost, 0);
    });
}
