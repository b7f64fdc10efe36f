// `isoctl recycle`: answered by the pool that owns the isolate, or by the program, or refused.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { programs, scene, until } from './lib.mjs';

async function allowing(t) {
    const s = await scene(t);
    const file = join(s.dir, 'allow.yaml');
    writeFileSync(file, 'http: {allow_actions: true}\n');
    await s.collector('--config', file);
    s.ctl = async (...args) => {
        const child = s.start('isoctl', ['--url', s.url, ...args]);
        const { code } = await child.ended;
        return { code, stdout: child.stdout, stderr: child.stderr };
    };
    s.find = (name) => until(`isolate ${name}`, async () =>
        (await s.frame()).isolates.find((i) => i.name === name && i.state === 'idle'));
    return s;
}

test('a program that listens is asked', async (t) => {
    const s = await allowing(t);
    s.start('isorun', ['--expose-gc', '--collector', s.socket, '--name', 'test', join(programs, 'recycled.js')]);
    const ends = await s.ctl('--json', 'recycle', (await s.find('ends')).id);
    assert.equal(ends.code, 0, ends.stderr);
    assert.ok(JSON.parse(ends.stdout).result.reclaimed > 50000, ends.stdout);
    const main = await s.ctl('--json', 'recycle', (await s.find('main')).id);
    assert.ok(JSON.parse(main.stdout).result.reclaimed >= 8 << 20, main.stdout);
    const refuses = await s.ctl('recycle', (await s.find('refuses')).id);
    assert.equal(refuses.code, 1);
    assert.match(refuses.stderr, /it is busy/);
    const deaf = await s.find('deaf');
    const nobody = await s.ctl('recycle', deaf.id);
    assert.equal(nobody.code, 1);
    assert.match(nobody.stderr, /no pool owns this isolate.*isoscope:recycle/);
    assert.equal(deaf.actions.find((a) => a.do === 'recycle').why_not, 'no pool owns it');
});

test('a pool replaces its worker, and everybody sees it', async (t) => {
    const s = await allowing(t);
    s.run('pooled.js');
    const worker = await until('a worker of the pool with jobs', async () =>
        (await s.frame()).isolates.find((i) => i.name === 'thumbs-1' && i.pool === 'thumbs' && i.jobs > 50));
    assert.equal(worker.actions.find((a) => a.do === 'recycle').why_not, null);
    const frees = worker.actions.find((a) => a.do === 'recycle').frees_bytes;
    assert.ok(frees === null || frees <= worker.heap.live, `frees ${frees}`);
    const jobs = await s.events('job');
    assert.ok(['resize', 'crop'].every((name) => jobs.some((job) => job.name === name)));
    assert.ok(jobs.some((job) => job.live_after > 0), 'some with their live heap after');
    const done = await s.ctl('--json', 'recycle', worker.id);
    assert.equal(done.code, 0, done.stderr);
    const { result } = JSON.parse(done.stdout);
    assert.ok(result.predicted > 0 && result.reclaimed >= result.predicted / 2, done.stdout);
    const [event] = await until('the recycle event', async () => {
        const list = await s.events('recycle');
        return list.length > 0 && list;
    });
    assert.equal(event.isolate, worker.id);
    assert.equal(event.reason, 'command');
    assert.equal(event.reclaimed, result.reclaimed);
    await until('the old one ended and another is there', async () => {
        const { isolates } = await s.frame();
        return isolates.find((i) => i.id === worker.id).state === 'exited' &&
            isolates.some((i) => i.name === 'thumbs-3' && i.state !== 'exited');
    });
    const again = await s.ctl('recycle', worker.id);
    assert.equal(again.code, 1);
});
