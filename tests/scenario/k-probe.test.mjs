// Probes in an unmodified Node.js, beside what the program itself measures.
import assert from 'node:assert/strict';
import test from 'node:test';
import { scene, until } from './lib.mjs';
import { nodes, obedient, refusal } from './probe.mjs';

const skip = refusal();
const isNear = (seen, said, share) => Math.abs(seen - said) <= said * share;
const near = (seen, said, share, what) =>
    assert.ok(isNear(seen, said, share), `${what}: ${seen} seen, ${said} said`);

/** A collector, a program, and probes in it. */
async function watched(t, node) {
    const s = await scene(t);
    await s.collector();
    const program = await obedient(s, node, 'obedient.js');
    const probe = s.start('isoprobe', ['--collector', s.socket, String(program.pid)]);
    await until('both isolates are seen', async () => (await s.frame()).isolates.length === 2);
    const isolate = async (name) => (await s.frame()).isolates.find((one) => one.name === name);
    return { s, program, probe, isolate };
}

for (const [name, node] of nodes()) {
    test(`${name}: used heap after collections, of an isolate that was there before`, { skip }, async (t) => {
        const { s, program, isolate } = await watched(t, node);
        assert.equal((await isolate('crunch')).id, `${program.pid}.1`);
        // large enough for V8's habit not to matter: the page it allocates from next counts as used
        for (const [order, who] of [['gc', 'main'], ['worker gc', 'crunch']]) {
            await program.ask(order === 'gc' ? 'fill 40000000' : 'worker fill 40000000');
            const said = await program.ask(order);
            const id = `${program.pid}.${who === 'main' ? 0 : 1}`;
            const gc = await until('the last of its collections is seen', async () => (await s.events('gc'))
                .find((one) => one.isolate === id && one.kind === 'forced' && isNear(one.after, said.used, 0.01)));
            await until('it is its live heap', async () => isNear((await isolate(who)).heap.live, said.used, 0.01));
            const seen = await isolate(who);
            assert.equal(seen.id, id);
            near(seen.external, said.external, 0.01, 'external');
            assert.equal(seen.heap.limit, said.limit);
            assert.ok(seen.heap.total >= seen.heap.live);
            assert.deepEqual(seen.sources, ['probe']);
            assert.equal(seen.kind, 'v8');
            assert.ok(gc.before >= gc.after && gc.pause_seconds > 0);
        }
    });
}
