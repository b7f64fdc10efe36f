// Published servers with worker threads under load, watched by probes, by the agent and by both: what is told
// is what the program measures of itself.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import test from 'node:test';
import { start, until } from '../scenario/lib.mjs';
import { modules, refused, scenery, sourcesOf, WAYS } from '../scenario/ways.mjs';

const lack = !existsSync(modules) ? 'the servers are not installed: make build/npm/watched/.done' :
    spawnSync('wrk', ['--version']).error ? 'there is no wrk: make deps' : false;
const SLACK = 16; // bytes a message, between its clone and what v8.serialize() makes of the value

const isNear = (seen, said, share) => Math.abs(seen - said) <= said * share;

async function serve(t, way, framework) {
    const s = await scenery(t);
    const program = await s.watch(way, ['--expose-gc', resolve('tests/watched/served.js'), framework, modules, 'count'],
        { ready: (self) => self.stdout.includes('\n') });
    const { port } = JSON.parse(program.stdout);
    const url = `http://127.0.0.1:${port}`;
    /** wrk's requests a second, none of them an error. */
    const load = async (path) => {
        const { code, ...wrk } = await (async () => {
            const self = start('/usr/bin/env', ['wrk', '-t', '1', '-c', '8', '-d', '2', url + path]);
            return { ...await self.ended, ...self };
        })();
        assert.equal(code, 0, wrk.stderr);
        assert.ok(!/Non-2xx|Socket errors/.test(wrk.stdout), wrk.stdout);
        return Number(/Requests\/sec:\s+([\d.]+)/.exec(wrk.stdout)[1]);
    };
    const truth = async () => (await fetch(`${url}/truth`)).json();
    await until('all isolates are seen', async () => (await s.isolates(program.pid)).length === 3, 60);
    return { s, program, load, truth };
}

/** Whether used heap after collections and external memory of each isolate are what they say. A collection frees
 * buffers while the program goes on, so that what one left outside of the heap the next one tells. */
async function agrees(s, program, truth) {
    const gcs = await s.events('gc');
    const isolates = await s.isolates(program.pid);
    return Object.entries(truth).every(([thread, said]) => {
        const one = isolates.find((each) => each.thread === Number(thread));
        return isNear(one.heap.live, said.used, 0.01) && isNear(one.external, said.external, 0.02) &&
            gcs.some((gc) => gc.isolate === one.id && isNear(gc.after, said.used, 0.01));
    });
}

/** The program's own word, once all that it says of heaps is told too. */
async function compareHeaps(s, program, truth, way) {
    const said = await until('heaps agree', async () => {
        const all = await truth();
        await until('it is told', () => agrees(s, program, all), 2);
        return all;
    }, 30);
    for (const isolate of await s.isolates(program.pid)) {
        assert.equal(isolate.heap.limit, said[isolate.thread].limit);
        assert.deepEqual(isolate.sources, sourcesOf(way));
        assert.equal(isolate.name, isolate.thread === 0 ? 'main' : `answers-${isolate.thread}`);
        assert.equal(isolate.stale, false);
    }
    return said;
}

/** What each isolate sent between two truths. */
async function compareMessages(s, program, [before, seenBefore], truth) {
    for (const [thread, said] of Object.entries(truth)) {
        const first = seenBefore.find((one) => one.thread === Number(thread));
        const count = said.count - before[thread].count;
        assert.ok(count > 0);
        const seen = await until(`${count} messages of ${thread}`, async () => {
            const one = await s.isolate(first.id);
            return one.clone.count - first.clone.count >= count && one;
        }, 30);
        assert.equal(seen.clone.count - first.clone.count, count);
        const off = seen.clone.bytes - first.clone.bytes - (said.bytes - before[thread].bytes);
        assert.ok(Math.abs(off) <= SLACK * count, `${off} bytes off in ${count} messages`);
        assert.equal(seen.detach.count - first.detach.count, said.moves - before[thread].moves);
        assert.equal(seen.detach.bytes - first.detach.bytes, said.moved - before[thread].moved);
    }
    const main = await s.isolate(`${program.pid}.0`);
    const moves = Object.values(truth).reduce((sum, one) => sum + one.moves, 0) -
        Object.values(before).reduce((sum, one) => sum + one.moves, 0);
    assert.equal(main.transfer.count - seenBefore.find((one) => one.thread === 0).transfer.count, moves);
}

for (const framework of ['express', 'fastify']) {
    for (const way of WAYS) {
        test(`${framework}, ${way}: its own figures under load`, { skip: lack || refused(way) }, async (t) => {
            const { s, program, load, truth } = await serve(t, way, framework);
            const before = await compareHeaps(s, program, truth, way);
            const seen = await s.isolates(program.pid);
            assert.ok(await load('/list') > 0);
            assert.ok(await load('/image') > 0);
            const after = await compareHeaps(s, program, truth, way);
            if (way !== 'agent') {
                await compareMessages(s, program, [before, seen], after);
            }
            const { processes } = await s.get('/api/v1/processes');
            assert.equal(processes.length, 1);
            assert.equal(processes[0].isolates, 3);
            assert.equal(processes[0].lost, 0);
            assert.equal(program.stderr, '');
        });
    }
}
