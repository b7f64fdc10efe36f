// The agent and isoprobe tell of one process: it is there once, and so is each of its isolates, whoever comes
// first, whoever leaves, and however workers begin and end meanwhile.
import assert from 'node:assert/strict';
import test from 'node:test';
import { agent } from './agent.mjs';
import { until } from './lib.mjs';
import { obedient } from './probe.mjs';
import { refused, scenery } from './ways.mjs';

const skip = refused('both');

/** A program that obeys, with the agent in it. */
async function obeying(s) {
    const started = s.start;
    const program = await obedient({ start: (node, args, options) =>
        started(node, ['--require', agent, ...args], { ...options, env: s.env }) }, process.execPath, 'obedient.js');
    return program;
}

/** Isolates of the process that have not ended, each told by all of `sources`. */
const told = (s, program, count, sources) => until(`${count} isolates from ${sources}`, async () => {
    const { isolates, processes } = await s.frame();
    const here = isolates.filter((one) => one.state !== 'exited');
    assert.ok(processes.length <= 1 && here.every((one) => one.process === program.pid));
    assert.equal(new Set(isolates.map((one) => one.id)).size, isolates.length);
    return here.length === count && here.every((one) => `${one.sources}` === sources && one.heap.used > 0) && here;
}, 60);

test('whoever comes first, each isolate is there once, with what either knows', { skip }, async (t) => {
    const s = await scenery(t);
    const program = await obeying(s);
    await told(s, program, 2, 'agent');
    const probe = await s.probe(program.pid);
    await program.ask('gc');
    await program.ask('worker gc');
    const both = await told(s, program, 2, 'probe,agent');
    assert.deepEqual(both.map((one) => one.name).sort(), ['crunch', 'main']);
    assert.deepEqual(both.map((one) => one.thread).sort(), [0, 1]);
    await program.ask('post 20 100000');
    await until('messages by the probe, spaces by the agent', async () => {
        const main = await s.isolate(`${program.pid}.0`);
        return main.clone.count >= 20 && main.spaces.some((one) => one.name === 'old') && main.tid === program.pid &&
            main.event_loop_utilization >= 0;
    });
    // collections that both saw are told once
    const before = (await s.events('gc')).length;
    await program.ask('gc');
    const gcs = await until('the collections', async () => {
        const all = await s.events('gc');
        return all.length >= before + 2 && all.slice(before);
    });
    assert.ok(gcs.filter((one) => one.kind === 'forced').length >= 2);
    await probe.kill('SIGTERM');
    await until('the probe is gone', async () => (await s.get(`/api/v1/processes/${program.pid}`)).probed === false);
    const left = await told(s, program, 2, 'agent');
    assert.ok(left.every((one) => !one.stale && one.heap.total > 0));
    await s.probe(program.pid);
    await told(s, program, 2, 'probe,agent');
});

test('a worker begins and ends once', { skip }, async (t) => {
    const s = await scenery(t);
    const program = await obeying(s);
    await s.probe(program.pid);
    await told(s, program, 2, 'probe,agent');
    const ends = [];
    for (const code of [0, 3, 5]) {
        assert.deepEqual(await program.ask(`spawn ${code}`), { was: code });
        ends.push(code);
        const exits = await until(`the end with ${code}`, async () => {
            const all = await s.events('exit');
            return all.length >= ends.length && all;
        });
        assert.deepEqual(exits.map((one) => one.code), ends);
        assert.equal(new Set(exits.map((one) => one.isolate)).size, ends.length);
        const isolate = await s.get(`/api/v1/isolates/${exits.at(-1).isolate}`);
        assert.deepEqual([isolate.name, isolate.state, isolate.exit_code], ['brief', 'exited', code]);
    }
    assert.deepEqual(await program.ask('burst'), { code: 'ERR_WORKER_OUT_OF_MEMORY' });
    const oom = await until('its death', async () => (await s.events('oom'))[0]);
    await until('it is known as dead', async () => (await s.get(`/api/v1/isolates/${oom.isolate}`)).state === 'oom');
    const spawns = (await s.events('spawn')).filter((one) => one.name === 'brief' || one.name === 'burst');
    assert.equal(new Set(spawns.map((one) => one.isolate)).size, 4);
    assert.equal(spawns.length, 4, JSON.stringify(spawns));
    assert.equal((await s.events('oom')).length, 1);
    program.child.stdin.end();
    assert.equal((await program.ended).code, 0);
    const over = await until('the process is over', async () => {
        const one = await s.get(`/api/v1/isolates/${program.pid}.0`);
        return one.state === 'exited' && one;
    });
    assert.equal(over.exit_code, 0);
    assert.equal((await s.events('exit')).filter((one) => one.isolate === over.id).length, 1);
    await until('nothing runs any more', async () => !(await s.frame()).isolates.some((one) => one.state === 'running'));
});
