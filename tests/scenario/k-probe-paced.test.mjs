// Probes in programs whose messages come thick and fast: only now and then they are watched being written and
// read. What is counted stays exact, whatever happens while nobody watches.
import assert from 'node:assert/strict';
import test from 'node:test';
import { scene, until } from './lib.mjs';
import { nodes, obedient, refusal } from './probe.mjs';

const skip = refusal();
const SLACK = 16; // bytes a message, between its clone and what v8.serialize() makes of the value

for (const [name, node] of nodes()) {
    test(`${name}: counts are exact while messages are timed now and then`, { skip }, async (t) => {
        const s = await scene(t);
        await s.collector();
        const program = await obedient(s, node, 'storm.js');
        const probe = s.start('isoprobe', ['--collector', s.socket, String(program.pid)]);
        const isolates = async () => Object.fromEntries((await s.frame()).isolates
            .filter((one) => one.name !== 'visitor').map((one) => [one.thread, one]));
        await until('all are seen', async () => Object.keys(await isolates()).length === 3);
        const process_ = () => s.get(`/api/v1/processes/${program.pid}`);

        const born = await isolates();
        let said;
        await until('messages go past unwatched', async () => {
            said = await program.ask('20000 100');
            const { untimed } = (await process_()).totals;
            return untimed > 10000 && untimed;
        }, 120);
        said = await program.ask('20000 100'); // with a few more looks
        said = await program.ask('call 300');
        assert.ok(said.brief > 4);
        await until('all is counted', async () => {
            const now = await isolates();
            // Node.js itself sends messages when a worker comes and goes, as many for each
            const got = (id, what, count) => now[id][what][count] - born[id][what][count];
            assert.ok(got(0, 'clone', 'count') > said[0].count && got(0, 'messages', 'received') > said[1].count + said[2].count);
            for (const id of [0, 1, 2]) {
                assert.equal((got(id, 'clone', 'count') - said[id].count) % (id === 0 ? said.brief : 1e9), 0);
                assert.equal(got(id, 'detach', 'count'), said[id].moves);
                assert.equal(got(id, 'detach', 'bytes'), said[id].moved);
            }
            assert.equal((got(0, 'messages', 'received') - said[1].count - said[2].count) % said.brief, 0);
            // 300 calls were heard by both, and each answered all else
            for (const id of [1, 2]) {
                assert.ok(Math.abs(got(id, 'messages', 'received') - 300 - got(id, 'clone', 'count')) <= 2);
            }
            assert.equal(got(1, 'messages', 'received') + got(2, 'messages', 'received'), said[0].count - 3 * said.brief + 300);
            assert.equal(got(0, 'transfer', 'count'), said[1].moves + said[2].moves);
            assert.equal(got(1, 'transfer', 'count') + got(2, 'transfer', 'count'), said[0].moves);
            for (const id of [1, 2]) {
                const off = got(id, 'clone', 'bytes') - said[id].bytes;
                assert.ok(Math.abs(off) <= SLACK * said[id].count, `${off} bytes off in ${said[id].count} messages`);
                assert.equal(now[id].jobs - born[id].jobs, got(id, 'messages', 'received'));
            }
            return true;
        });
        await until('nothing is on its way', async () => (await process_()).queued_bytes === 0);
        const { totals } = await process_();
        assert.equal(totals.dropped, 0);
        assert.ok(totals.untimed < totals.clones - 64, `${totals.untimed} of ${totals.clones} were not timed`);
        assert.equal((await probe.kill('SIGTERM')).code, 0);
    });
}

test('a buffer that is shared while nobody watches', { skip }, async (t) => {
    const s = await scene(t);
    await s.collector();
    const program = await obedient(s, process.execPath, 'storm.js');
    s.start('isoprobe', ['--collector', s.socket, String(program.pid)]);
    await until('all are seen', async () => (await s.frame()).isolates.length === 3);
    await program.ask('share 3000000');
    const store = await until('it is listed with both', async () => (await s.get('/api/v1/stores')).stores
        .find((one) => one.bytes === 3000000 && one.pins.length === 2));
    assert.deepEqual([...store.pins].sort(), [`${program.pid}.0`, `${program.pid}.1`]);
    assert.equal(store.shared, true);
});
