// The budget picture: order of the bands, sums, peaks that survive, holes that stay holes.
import assert from 'node:assert/strict';
import test from 'node:test';
import { bandsOf, latestOf, pictureOf } from '../../web/src/data/stack.ts';
import { TRACE_SAMPLES, Trace } from '../../web/src/data/trace.ts';

function sample(trace, t, heaps, rest = {}) {
    const parts = Object.entries(heaps).map(([isolate, bytes]) => ({
        kind: 'heap',
        isolate,
        bytes,
    }));
    for (const [kind, bytes] of Object.entries(rest)) parts.push({ kind, bytes });
    trace.pushBudget(t, {
        name: 'b',
        used: parts.reduce((sum, part) => sum + part.bytes, 0),
        parts,
    });
}

const ordering = (sizes, rising = [], large = Object.keys(sizes), pinned = []) => ({
    rising: new Set(rising),
    large: new Set([...large, ...pinned]),
    pinned,
    sizeOf: (id) => sizes[id] ?? 0,
});

test('steady things below, rising heaps on top, quiet ones largest last', () => {
    const trace = new Trace();
    const heaps = { a: 5, leak: 9, b: 20 };
    sample(trace, 1, heaps, { external: 1, shared: 2, in_flight: 3, unattributed: 4 });
    const ids = bandsOf(trace, ordering(heaps, ['leak'])).map((band) => band.id);
    assert.deepEqual(ids, [
        'unattributed',
        'shared',
        'external',
        'others',
        'a',
        'b',
        'in_flight',
        'leak',
    ]);
});

test('above fourteen heaps the smallest share one band, a rising one never', () => {
    const trace = new Trace();
    const heaps = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`h${i}`, i + 1]));
    sample(trace, 1, heaps);
    const bands = bandsOf(trace, ordering(heaps, ['h0']));
    assert.equal(bands.filter((band) => band.isolate).length, 14);
    assert.equal(bands.find((band) => band.id === 'others').keys.length, 1 + 16);
    assert.equal(bands.at(-1).isolate, 'h0');
});

test('what is too small to be seen alone is in the sum of the others', () => {
    const trace = new Trace();
    const heaps = { a: 100, tiny: 1, leak: 1 };
    sample(trace, 1, heaps);
    const bands = bandsOf(trace, ordering(heaps, ['leak'], ['a']));
    assert.deepEqual(
        bands.filter((band) => band.isolate).map((band) => band.isolate),
        ['a', 'leak'],
    );
    assert.deepEqual(bands.find((band) => band.id === 'others').keys, ['others', 'heap:tiny']);
});

test('a pinned heap is a band of its own, however small', () => {
    const trace = new Trace();
    const heaps = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`h${i}`, i + 1]));
    sample(trace, 1, heaps);
    const bands = bandsOf(trace, ordering(heaps, [], Object.keys(heaps), ['h0']));
    assert.ok(bands.some((band) => band.isolate === 'h0'));
    assert.ok(!bands.find((band) => band.id === 'others').keys.includes('heap:h0'));
});

test('edges add up to what is used, and the highest sample of a pixel is the one kept', () => {
    const trace = new Trace();
    for (let t = 0; t < 100; t++) sample(trace, t, { a: t === 57 ? 500 : 10, b: 5 }, { shared: 2 });
    const bands = bandsOf(trace, ordering({ a: 10, b: 5 }));
    const picture = pictureOf(trace, bands, 0, 100, 10);
    assert.ok(picture.x.length <= 11, `${picture.x.length} points`);
    assert.ok(picture.x.includes(57));
    picture.x.forEach((_, i) => assert.equal(picture.tops.at(-1)[i], picture.used[i]));
    assert.equal(Math.max(...picture.used), 507);
});

test('a hole is a hole in every band', () => {
    const trace = new Trace();
    for (const t of [0, 1, 2, 60, 61]) sample(trace, t, { a: 1 });
    const picture = pictureOf(trace, bandsOf(trace, ordering({ a: 1 })), 0, 61, 1000);
    assert.deepEqual(picture.gaps, [{ from: 2, to: 60 }]);
    assert.equal(
        picture.tops.every((column) => column.includes(null)),
        true,
    );
    assert.deepEqual(
        picture.x,
        [...picture.x].sort((a, b) => a - b),
    );
});

test('what is not yet resident is no band, but its figure stays signed', () => {
    const trace = new Trace();
    sample(trace, 1, { a: 10 }, { unattributed: -3 });
    const bands = bandsOf(trace, ordering({ a: 1 }));
    const picture = pictureOf(trace, bands, 0, 2, 100);
    assert.equal(picture.tops[0][0], 0);
    assert.equal(picture.tops.at(-1)[0], 10);
    assert.equal(latestOf(trace, bands[0]), -3);
});

test('a sample that is not newer is left out', () => {
    const trace = new Trace();
    sample(trace, 5, { a: 1 });
    sample(trace, 5, { a: 2 });
    sample(trace, 4, { a: 3 });
    assert.equal(trace.length, 1);
    assert.equal(trace.parts.get('heap:a')[trace.at(0)], 1);
});

test('the ring never grows, and older samples go before newer ones', () => {
    const trace = new Trace();
    for (let t = 0; t < TRACE_SAMPLES + 50; t++) sample(trace, t, { a: t });
    assert.equal(trace.length, TRACE_SAMPLES);
    assert.equal(trace.t[trace.at(0)], 50);
    const young = new Trace();
    sample(young, 100, { a: 7 });
    sample(young, 101, { a: 8 });
    const older = new Trace();
    for (const t of [90, 95, 100]) older.push(t, 1);
    const whole = young.after(older);
    assert.deepEqual(
        Array.from({ length: whole.length }, (_, i) => whole.t[whole.at(i)]),
        [90, 95, 100, 101],
    );
});

test('of more parts than are kept the rest is one, and nothing is lost of the sum', () => {
    const trace = new Trace();
    const heaps = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`1.${i}`, 10]));
    sample(trace, 1, heaps, { shared: 5 });
    const slot = trace.at(0);
    assert.ok(trace.parts.size < 300);
    assert.equal([...trace.parts.values()].reduce((sum, column) => sum + (column[slot] || 0), 0), 10005);
});
