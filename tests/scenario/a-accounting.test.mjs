// Every byte is accounted where it is: clones in events, shared stores once, heaps in the sum.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { isSanitized, scene, until } from './lib.mjs';

const MiB = 1024 * 1024;
const about = (bytes, expected) => bytes >= expected && bytes <= expected * 1.01 + 200;

test('clones, transfers and shares are seen with their sizes', async (t) => {
    const s = await scene(t);
    await s.collector();
    const program = s.run('copies.js');
    await until('all messages handled', () => ['small', 'medium', 'large', 'text', 'moved', 'shared']
        .every((name) => program.stdout.includes(`${name} done`)));
    assert.match(program.stdout, /detached 0 0/);

    const id = await until('names of the workers', async () => {
        const { isolates } = await s.frame();
        const map = Object.fromEntries(isolates.map((i) => [i.name, i.id]));
        return map.shared && map.small && map;
    });
    const clones = await until('six clones', async () => {
        const list = await s.events('clone');
        return list.filter((e) => e.isolate.endsWith('.0')).length >= 6 && list;
    });
    const cloned = (name) => clones.filter((e) => e.to === id[name]).map((e) => e.bytes);
    assert.ok(about(cloned('small')[0], 100000), `small: ${cloned('small')}`);
    assert.ok(about(cloned('medium')[0], 1000000), `medium: ${cloned('medium')}`);
    assert.ok(about(cloned('large')[0], 10000000), `large: ${cloned('large')}`);
    assert.ok(about(cloned('text')[0], 2000000), `text: ${cloned('text')}`);
    assert.ok(cloned('moved')[0] < 200 && cloned('shared')[0] < 200);

    const [detach] = await until('the detach', async () => {
        const list = await s.events('detach');
        return list.length > 0 && (await s.events('transfer')).length > 0 && list;
    });
    assert.equal(detach.bytes, 8 * MiB);
    assert.equal(detach.buffers, 1);
    assert.match(detach.isolate, /\.0$/);
    const [transfer] = await s.events('transfer');
    assert.equal(transfer.bytes, 8 * MiB);
    assert.equal((await s.events('share')).some((e) => e.bytes === 80 * MiB), true);

    const [stores, process] = await until('one shared store with two pins', async () => {
        const all = (await s.get('/api/v1/stores')).stores.filter((x) => x.bytes === 80 * MiB);
        const [p] = (await s.frame()).processes;
        return all.length === 1 && all[0].pins.length === 2 && [all, p];
    });
    assert.equal(stores[0].shared, true);
    assert.equal(process.shared, 80 * MiB);
});

/* A sanitizer's shadow is resident memory that nobody accounts for. */
test('the sum explains the resident memory', { skip: isSanitized && 'sanitizer' }, async (t) => {
    const s = await scene(t);
    await s.collector();
    const program = s.run('copies.js', 'keep');
    await until('heaps hold 200 MB', () => program.stdout.includes('kept 200'));
    const p = await until('heap sum', async () => {
        const [process] = (await s.frame()).processes;
        return process?.heap_total > 200e6 && process.shared === 80 * MiB && process;
    });
    assert.equal(p.unattributed, p.rss - p.heap_total - p.external - p.shared - p.queued_bytes);
    assert.ok(Math.abs(p.unattributed) < 0.15 * p.rss,
        `unattributed ${p.unattributed} of rss ${p.rss}`);
});

test('what a worker writes to a parent that does not read is in flight', async (t) => {
    const s = await scene(t);
    await s.collector();
    const program = s.run('unread.js', join(s.dir, 'take'));
    const written = 16 * MiB;
    await until('it is written', () => program.stdout.includes('written'));
    const waiting = await until('it is counted', async () => {
        const [process] = (await s.frame()).processes;
        return process?.queued_bytes >= written && process;
    });
    assert.ok(about(waiting.queued_bytes, written), `${waiting.queued_bytes}`);
    const { isolates } = await s.frame();
    const main = isolates.find((i) => i.id.endsWith('.0'));
    assert.equal(main.messages.queued_bytes, waiting.queued_bytes);
    writeFileSync(join(s.dir, 'take'), '');
    await until('it is taken', () => program.stdout.includes('taken'));
    await until('nothing is in flight', async () => (await s.frame()).processes[0].queued_bytes === 0);
});
