// Rules about buffers: copies of the same bytes, what ends of workers do not bring back, a store that is
// left to one. For each a real program with the trouble, another beside it without, and the cure.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { beside } from './symptoms.mjs';
import { until } from './lib.mjs';

test('the same bytes copied to every worker', async (t) => {
    const s = await beside(t, 'fan.js', 'different', { text: 'rules: [{kind: buffer_copy, threshold: 4194304}]\n' });
    const one = await until('all three are counted', async () => (await s.list('buffer_copy'))
        .find((each) => each.symptom === 'main sent the same 4.00 MiB to 3 isolates, a copy to each.'), 60);
    assert.equal(one.isolate, `${s.program.pid}.0`);
    assert.equal(one.evidence, 'reader-1, reader-2, reader-3 hold 12.0 MiB together.');
    assert.equal(one.expected_bytes, 8 << 20);
    const held = async () => {
        const { processes } = await s.frame();
        const process = processes.find((each) => each.pid === s.program.pid);
        return process.external + process.shared;
    };
    const copies = await s.events('copy');
    assert.ok(copies.every((copy) => copy.bytes === 4 << 20 && copy.to !== null && copy.print > 0));
    const before = await until('all copies are there', async () => {
        const bytes = await held();
        return bytes >= 20 << 20 && bytes;
    });
    const cured = await s.cure('buffer_copy');
    assert.equal(cured.measured, cured.expected_bytes);
    const saved = before - await held();
    // the process held main's own, main's shared one and three copies; now only the first two
    assert.ok(Math.abs(saved - cured.measured - (4 << 20)) < 1 << 20, `${saved} saved`);
});

test('results that are kept for ever', async (t) => {
    const s = await beside(t, 'growth.js', 'dropped', { text: 'rules: [{kind: external_growth, threshold: 3}]\n' });
    const one = await s.advice('external_growth', 'firing');
    assert.equal(one.isolate, `${s.program.pid}.0`);
    assert.equal(one.symptom, 'test keeps more buffers after every worker that ends.');
    assert.match(one.evidence, /^Behind the last 3 ends it held [\d.]+ (MiB|B) → [\d.]+ MiB outside of heaps; main holds [\d.]+ MiB\.$/);
    const cured = await s.cure('external_growth');
    assert.ok(Math.abs(cured.measured / cured.expected_bytes - 1) < 0.5, JSON.stringify(cured));
});

test('a store that is left to one worker', async (t) => {
    const s = await beside(t, 'left.js', 'all', { text: 'rules: [{kind: external_growth, for: 2s}]\n', more: ['dropped'] });
    await until('all have it', async () => (await s.get('/api/v1/stores')).stores
        .filter((store) => store.shared && store.pins.length === 4).length === 2);
    assert.ok((await s.get('/api/v1/stores')).stores.every((store) => !store.shared || store.made_by.endsWith('.0')));
    writeFileSync(join(s.dir, 'dropped'), '');
    const one = await s.advice('external_growth', 'firing');
    assert.equal(one.isolate, `${s.program.pid}.1`);
    assert.equal(one.symptom, 'holder-1 alone keeps 4.00 MiB of shared memory and does nothing.');
    assert.match(one.evidence, /^Store \d+ was held by 4 isolates, the others have let it go\. It was made .+ ago by main\.$/);
    assert.equal(one.expected_bytes, 4 << 20);
    const cured = await s.cure('external_growth');
    assert.equal(cured.measured, 4 << 20);
});
