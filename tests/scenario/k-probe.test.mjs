// Probes in an unmodified Node.js, beside what the program itself measures.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { scene, until } from './lib.mjs';
import { nodes, obedient, refusal } from './probe.mjs';

const skip = refusal();
const isNear = (seen, said, share) => Math.abs(seen - said) <= said * share;
const near = (seen, said, share, what) =>
    assert.ok(isNear(seen, said, share), `${what}: ${seen} seen, ${said} said`);

/** A collector, a program, and probes in it. */
async function watched(t, node, ...flags) {
    const s = await scene(t);
    await s.collector();
    const program = await obedient(s, node, 'obedient.js');
    const probe = s.start('isoprobe', ['--collector', s.socket, ...flags, String(program.pid)]);
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

for (const [name, node] of nodes()) {
    test(`${name}: what of each heap is resident`, { skip }, async (t) => {
        const { s, program, isolate } = await watched(t, node, '--interval', '1');
        for (const [order, who, bytes] of [['gc', 'main', 60e6], ['worker gc', 'crunch', 30e6]]) {
            await program.ask(order.replace('gc', `fill ${bytes}`));
            const said = await until('both agree', async () => {
                const { physical } = await program.ask(order);
                const seen = await until('a look', async () => (await isolate(who)).rss_attributed);
                return isNear(seen, physical, 0.05) && { physical, seen };
            }, 30);
            assert.ok(said.physical > bytes / 2);
        }
        const [{ rss }] = (await s.frame()).processes;
        assert.ok((await s.frame()).isolates.reduce((sum, one) => sum + one.rss_attributed, 0) < rss);
    });
}

for (const [name, node] of nodes()) {
    test(`${name}: messages: clone bytes, transfers exactly, who to whom and how long`, { skip }, async (t) => {
        const { s, program, isolate } = await watched(t, node);
        const before = await isolate('main');
        const said = await program.ask('post 20 100000');
        const counted = await until('all messages are counted', async () => {
            const now = await isolate('main');
            return now.clone.count === before.clone.count + 20 && now;
        });
        const bytes = counted.clone.bytes - before.clone.bytes;
        assert.ok(Math.abs(bytes - said.bytes) <= 20 * 16, `${bytes} seen, ${said.bytes} said`);
        assert.ok(counted.clone.seconds > before.clone.seconds);

        await program.ask('move 7 65536');
        const moved = await until('the transfers are counted', async () => {
            const now = await isolate('main');
            return now.transfer.count === before.transfer.count + 7 && now;
        });
        assert.equal(moved.transfer.bytes - before.transfer.bytes, 7 * 65536);
        assert.equal(moved.detach.bytes - before.detach.bytes, 7 * 65536);
        const delivered = (await s.events('deliver')).filter((one) => one.bytes > 100000);
        assert.equal(delivered.length, 20);
        assert.ok(delivered.every((one) => one.from === `${program.pid}.0` && one.queue_seconds >= 0 &&
            one.deserialize_seconds > 0 && one.isolate === `${program.pid}.0`));

        await program.ask('worker post 1 1');
        const { flows } = await until('the worker was told', async () => {
            const answer = await s.get('/api/v1/flows?window=300');
            return answer.flows.some((one) => one.to === `${program.pid}.1`) && answer;
        });
        const order = flows.find((one) => one.from === `${program.pid}.0` && one.to === `${program.pid}.1`);
        assert.equal(order.messages, 1);
        assert.equal(order.delivered, 1);
        const [process_] = (await s.frame()).processes;
        assert.equal(process_.lost, 0);
        assert.equal(process_.queued_bytes, 0);

        await program.ask('waste 30 50000');
        const queued = async () => (await s.frame()).processes[0].queued_bytes;
        await until('what nobody reads is in flight', async () => await queued() >= 30 * 50000);
        await program.ask('close');
        await until('what was thrown away is not', async () => await queued() === 0);
    });
}

for (const [name, node] of nodes()) {
    test(`${name}: workers: birth with name and parent, exit codes, death of their limit; the end of the process`, { skip }, async (t) => {
        const { s, program } = await watched(t, node);
        assert.deepEqual(await program.ask('spawn 7'), { was: 7 });
        const exit = await until('its end is told', async () => (await s.events('exit')).find((one) => one.code === 7));
        const spawn = (await s.events('spawn')).find((one) => one.isolate === exit.isolate);
        assert.equal(spawn.name, 'brief');
        assert.equal(spawn.parent, `${program.pid}.0`);
        assert.equal((await s.get(`/api/v1/isolates/${exit.isolate}`)).state, 'exited');

        assert.deepEqual(await program.ask('burst'), { code: 'ERR_WORKER_OUT_OF_MEMORY' });
        const oom = await until('its death is told', async () => (await s.events('oom'))[0]);
        const died = await until('it is known as dead', async () => {
            const one = await s.get(`/api/v1/isolates/${oom.isolate}`);
            return one.state === 'oom' && one;
        });
        assert.equal(died.name, 'burst');
        assert.ok(oom.limit > 8e6 && oom.limit < 6e7, `limit ${oom.limit}`);

        program.child.stdin.end();
        assert.equal((await program.ended).code, 0);
        const over = await until('the process is over', async () => {
            const one = await s.get(`/api/v1/isolates/${program.pid}.0`);
            return one.state !== 'running' && one;
        });
        assert.equal(over.state, 'exited');
        assert.equal(over.exit_code, 0);
    });
}

test('by name and as they start; a program that becomes another one', { skip }, async (t) => {
    const s = await scene(t);
    await s.collector();
    const probe = s.start('isoprobe', ['--collector', s.socket, '--all', '--log-level', 'info']);
    await until('isoprobe is ready', () => /ready/.test(probe.stderr));
    const shell = s.start('/bin/sh', ['-c', `read go; exec "${process.execPath}" -e "setInterval(() => {}, 1000)"`],
        { stdio: ['pipe', 'pipe', 'pipe'] });
    shell.child.stdin.write('go\n');
    await until('it is seen once it is a Node.js', async () => (await s.frame()).processes
        .some((one) => one.pid === shell.pid));
    const direct = s.start(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await until('one that starts is seen', async () => (await s.frame()).processes
        .some((one) => one.pid === direct.pid && one.isolates === 1));
    await direct.kill();
    await until('its death is seen', async () => (await s.get(`/api/v1/isolates/${direct.pid}.0`)).state === 'died');
    assert.equal((await probe.kill('SIGTERM')).code, 0);
    await until('what goes on unwatched is not shown', async () => !(await s.frame()).processes
        .some((one) => one.pid === shell.pid));
});

test('isoctl attach and detach; what is refused says why', { skip }, async (t) => {
    const s = await scene(t);
    writeFileSync(join(s.dir, 'config.yaml'), 'http: {allow_actions: true}\n');
    await s.collector('--config', join(s.dir, 'config.yaml'));
    const program = await obedient(s, process.execPath, 'obedient.js');
    const order = async (...args) => {
        const self = s.start('isoctl', ['--url', s.url, ...args]);
        return { ...await self.ended, said: self.stdout + self.stderr };
    };
    const without = await order('attach', String(program.pid));
    assert.equal(without.code, 1);
    assert.match(without.said, /no isoprobe is connected/);

    const probe = s.start('isoprobe', ['--serve', '--collector', s.socket]);
    await until('it takes orders', async () => (await order('attach', String(program.pid))).code === 0);
    const ids = async () => (await s.frame()).isolates.map((one) => one.id).sort();
    await until('both isolates are seen', async () => (await ids()).length === 2);
    assert.equal((await s.get(`/api/v1/processes/${program.pid}`)).probed, true);
    const caps = readFileSync(`/proc/${probe.pid}/status`, 'utf8').match(/CapEff:\s*(\w+)/)[1];
    const most = (1n << 38n) | (1n << 39n) | (1n << 19n) | (1n << 2n); // perfmon, bpf, ptrace, dac_read_search
    assert.equal(BigInt(`0x${caps}`) & ~most, 0n);

    const gc = await order('gc', `${program.pid}.0`);
    assert.match(gc.said, /only observed from outside/);
    const none = s.start('/bin/sleep', ['600']);
    assert.match((await order('attach', String(none.pid))).said, /is no Node\.js/);
    assert.match((await order('attach', '4194304')).said, /there is no process/);
    assert.equal((await order('detach', String(program.pid))).code, 0);
    await until('it is not shown any more', async () => (await ids()).length === 0);
    assert.match((await order('detach', String(program.pid))).said, /no probe looks at/);
});

/** Descriptors that hold BPF links, and how long a list of probes the kernel has for a file. */
const links = (pid) => readdirSync(`/proc/${pid}/fd`)
    .filter((fd) => { try { return readlinkSync(`/proc/${pid}/fd/${fd}`).includes('bpf_link'); } catch { return false; } }).length;

test('ten times attached and detached under load, then killed: nothing stays behind', { skip }, async (t) => {
    const s = await scene(t);
    writeFileSync(join(s.dir, 'config.yaml'), 'http: {allow_actions: true}\n');
    await s.collector('--config', join(s.dir, 'config.yaml'));
    const program = await obedient(s, process.execPath, 'obedient.js');
    const busy = (async () => { for (let i = 0; i < 60; i++) { await program.ask('post 50 20000'); } })();
    const probe = s.start('isoprobe', ['--serve', '--collector', s.socket]);
    const act = async (what) => {
        const answer = await fetch(`${s.url}/api/v1/processes/${program.pid}/${what}`, { method: 'POST' });
        if (answer.status !== 202) {
            return `${answer.status}`;
        }
        const { action } = await answer.json();
        return until(`${what} is done`, async () => {
            const { state } = await s.get(`/api/v1/actions/${action}`);
            return state !== 'queued' && state !== 'sent' && state;
        });
    };
    await until('it takes orders', async () => await act('attach') === 'done');
    const held = links(probe.pid);
    const count = readdirSync(`/proc/${probe.pid}/fd`).length;
    for (let i = 0; i < 10; i++) {
        await until('the process is known', async () => (await s.frame()).processes.some((one) => one.probed));
        assert.equal(await act('detach'), 'done');
        assert.ok(links(probe.pid) < held);
        assert.equal(await act('attach'), 'done');
    }
    assert.equal(links(probe.pid), held);
    assert.equal(readdirSync(`/proc/${probe.pid}/fd`).length, count);
    await busy;
    await probe.kill('SIGKILL');
    await until('the process is stale, not lost', async () => (await s.frame()).processes.some((one) => one.stale));
    assert.deepEqual(Object.keys(await program.ask('post 1 1')), ['count', 'bytes']);
    const again = s.start('isoprobe', ['--collector', s.socket, String(program.pid)]);
    await until('another one goes on', async () => (await s.frame()).processes.some((one) => !one.stale));
    assert.equal((await again.kill('SIGTERM')).code, 0);
});

for (const [name, node] of nodes()) {
    test(`${name}: a shared buffer: who holds it, and that it is gone`, { skip }, async (t) => {
        const { s, program, isolate } = await watched(t, node);
        await program.ask('share 3000000');
        assert.deepEqual(await program.ask('give'), { taken: 3000000 });
        const store = await until('it is listed with both', async () => (await s.get('/api/v1/stores')).stores
            .find((one) => one.bytes === 3000000 && one.pins.length === 2));
        assert.deepEqual([...store.pins].sort(), [`${program.pid}.0`, `${program.pid}.1`]);
        assert.equal(store.shared, true);
        assert.equal((await isolate('crunch')).shared, 3000000);
        assert.equal((await s.frame()).processes[0].shared, 3000000);
        const share = (await s.events('share')).find((one) => one.isolate === `${program.pid}.1`);
        assert.equal(share.bytes, 3000000);
        assert.equal(share.from, `${program.pid}.0`);
        await program.ask('drop');
        await program.ask('worker drop');
        await until('it is gone', async () => {
            await program.ask('gc');
            await program.ask('worker gc');
            return (await s.get('/api/v1/stores')).stores.length === 0;
        });
        assert.equal((await isolate('crunch')).shared, 0);
    });
}
