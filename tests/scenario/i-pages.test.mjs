// Rules about memory that is held for little: pages of a heap, and of the process. For each a real program
// with the trouble, and another beside it without.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { isSanitized, until } from './lib.mjs';
import { beside } from './symptoms.mjs';

test('a heap of pages with little in each', async (t) => {
    const s = await beside(t, 'fragments.js', 'packed', { flags: ['--expose-gc'] });
    const one = await s.advice('fragmentation', 'firing');
    assert.equal(one.isolate, `${s.program.pid}.0`);
    assert.match(one.symptom, /^main holds [\d.]+ MiB of pages that little lives in\.$/);
    assert.match(one.evidence, /^After the last full collections [\d.]+ MiB were committed for [\d.]+ [KM]iB that live\.$/);
    const isolates = async () => (await s.frame()).isolates.find((each) => each.id === one.isolate);
    const before = (await isolates()).heap.total;
    const cured = await s.cure('fragmentation');
    const saved = before - (await isolates()).heap.total;
    assert.ok(Math.abs(saved / cured.expected_bytes - 1) < 0.2, `${saved} saved of ${cured.expected_bytes} expected`);
    assert.ok(Math.abs(cured.measured / saved - 1) < 0.2, JSON.stringify(cured));
});

const otherMalloc = isSanitized && 'the sanitizer has an allocator of its own';

test('memory that the allocator keeps for a few messages', { skip: otherMalloc }, async (t) => {
    const s = await beside(t, 'retained.js', 'few', { text: 'rules: [{kind: rss_gap, threshold: 20971520, for: 1s}]\n', more: ['go'] });
    await until('both were seen for a while', async () => {
        const { t: now, processes } = await s.frame();
        return processes.length === 2 && processes.every((each) => now - each.started_at > 6);
    }, 60);
    writeFileSync(join(s.dir, 'go'), '');
    const one = await s.advice('rss_gap', 'firing');
    assert.match(one.symptom, /^test has [\d.]+ MiB more in memory than anybody accounts for\.$/);
    const told = await until('the allocator is told of', async () => (await s.list('rss_gap'))
        .find((each) => /retained by the allocator, [\d.]+ [KM]?i?B unknown;/.test(each.evidence) && /malloc|allocator keeps/i.test(each.cause)), 30);
    const [, retained] = told.evidence.match(/: ([\d.]+) MiB retained by the allocator/);
    assert.ok(Number(retained) * (1 << 20) > told.expected_bytes / 2, told.evidence);
    assert.deepEqual((await s.list('rss_gap')).filter((each) => s.isOf(each, s.control)), []);
});
