// Isolates that spin, die of their limit or vanish with their process are told apart and accounted.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { isSanitized, scene, until } from './lib.mjs';

test('a spinning worker is live, not stale, and can be terminated', async (t) => {
    const s = await scene(t);
    await s.collector();
    const over = join(s.dir, 'over');
    const program = s.run('spin.js', over);
    await until('it spins', () => program.stdout.includes('spinning'));
    const find = async () => (await s.frame()).isolates.find((i) => i.name === 'spinner');
    const spun = (await s.frame()).t;
    const spinner = await until('the spinner with its heap', async () => {
        const isolate = await find();
        return isolate?.heap.used > 1e6 && isolate.updated_at > spun && isolate;
    });
    assert.equal(spinner.stale, false);
    assert.equal(spinner.state, 'running');
    const { tick } = await s.frame();
    await until('a second of ticks', async () => (await s.frame()).tick >= tick + 4);
    const later = await find();
    assert.equal(later.stale, false);
    assert.equal(later.heap.used, spinner.heap.used);
    writeFileSync(over, '');
    await until('it ended', () => program.stdout.includes('ended 1'));
    const exits = await until('its exit event', async () => {
        const list = await s.events('exit');
        return list.some((e) => e.isolate === spinner.id) && list;
    });
    assert.equal(exits.find((e) => e.isolate === spinner.id).code, 1);
});

/* A sanitizer makes each death about a hundred times as long: fewer of them there. */
for (const [total, width] of isSanitized ? [[100, 1], [40, 40]] : [[1000, 1], [100, 100]]) {
    test(`${total} workers die of their limit, ${width} at a time`, async (t) => {
        const s = await scene(t);
        await s.collector();
        const program = s.run('deaths.js', String(total), String(width));
        await until('all died', () => program.stdout.includes(`"exits":${total}`), 150);
        const lines = program.stdout.trim().split('\n').map((l) => JSON.parse(l));
        const last = lines.at(-1);
        assert.equal(last.errors, total);
        assert.equal(last.wrong, 0);
        assert.equal(program.child.exitCode, null, 'the parent lives');
        if (lines.length > 3 && !isSanitized) {
            const growth = last.rss - lines[1].rss;
            assert.ok(growth < 4 * 1024 * 1024, `rss grew by ${growth}`);
        }
        await until('every oom recorded', async () => {
            const [p] = (await s.frame()).processes;
            return (await s.events('oom')).length === total && p.isolates === 1;
        });
        const { isolates } = await s.frame();
        for (const i of isolates.filter((x) => x.name === 'greedy')) {
            assert.equal(i.heap.used, 0);
            assert.equal(i.heap.total, 0);
            assert.equal(i.external, 0);
            assert.equal(i.state, 'oom');
        }
    });
}

test('kill -9 of the program: last records read, isolates died', async (t) => {
    const s = await scene(t);
    await s.collector();
    const program = s.run('busy.js');
    await until('messages', async () => (await s.frame()).isolates.filter((i) => i.clone.count > 100)
        .length >= 3);
    const before = (await s.frame()).processes[0];
    await program.kill('SIGKILL');
    const isolates = await until('all died', async () => {
        const list = (await s.frame()).isolates;
        return list.length >= 4 && list.every((i) => i.state === 'died') && list;
    });
    assert.ok(isolates.every((i) => i.stale === false));
    const metrics = await (await fetch(`${s.url}/metrics`)).text();
    const total = Number(/^isoscope_process_clones_total\{[^}]*\} (\d+)/m.exec(metrics)?.[1]);
    assert.ok(total >= isolates.reduce((sum, i) => sum + i.clone.count, 0));
    assert.ok(before.pid === program.pid);
});

test('kill -9 of the collector under load: emitters hand themselves over again', async (t) => {
    const s = await scene(t);
    const first = await s.collector();
    const program = s.run('busy.js');
    const clones = async () => Number(/^isoscope_process_clones_total\{[^}]*\} (\d+)/m
        .exec(await (await fetch(`${s.url}/metrics`)).text())?.[1] ?? 0);
    const before = await until('messages', async () => {
        const n = await clones();
        return n > 1000 && n;
    });
    await first.kill('SIGKILL');
    assert.equal(program.child.exitCode, null, 'the program goes on');
    await s.collector();
    const after = await until('handed over again', async () => {
        const n = await clones();
        return n > 0 && n;
    });
    assert.ok(after > before, `totals continue: ${before} -> ${after}`);
    const { isolates } = await s.frame();
    assert.equal(isolates.filter((i) => /^busy-/.test(i.name) && !i.stale).length, 3);
    assert.equal(program.stderr, '');
});
