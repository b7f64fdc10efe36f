// Ticks on a frame: columns, merge patches, isolates that come and go, and ticks that do not fit.
import assert from 'node:assert/strict';
import test from 'node:test';
import { mergePatch } from '../../web/src/data/patch.ts';
import { Store } from '../../web/src/data/store.ts';

const frame = () => ({
    t: 10,
    tick: 1,
    verdict: { state: 'safe', text: 'Safe' },
    status: {},
    processes: [],
    alerts: [],
    budgets: [{ name: 'b', used: 5, limit: 10 }],
    isolates: [
        {
            id: '1.0',
            name: 'main',
            heap: { used: 1, total: 2, live: null, limit: 9 },
            external: 0,
            shared: 0,
        },
        {
            id: '1.1',
            name: 'w',
            heap: { used: 3, total: 4, live: 3, limit: 9 },
            external: 7,
            shared: 8,
        },
    ],
});

function store() {
    const s = new Store();
    s.applyFrame(frame());
    return s;
}

test('a frame fills the columns, and what is null is not known', () => {
    const s = store();
    assert.equal(s.figure('used', 1), 3);
    assert.equal(s.figure('live', 0), null);
    assert.equal(s.figure('external', 0), 0);
});

test('a tick writes only the isolates it names', () => {
    const s = store();
    const used = [30];
    assert.equal(
        s.applyTick({ t: 11, tick: 2, index: [1], used, total: [40], live: [null] }),
        true,
    );
    assert.deepEqual(
        [s.figure('used', 0), s.figure('used', 1), s.figure('live', 1)],
        [1, 30, null],
    );
});

test('new isolates are appended before the columns are read, gone ones keep their index', () => {
    const s = store();
    const patch = { isolates: { '1.0': null, 1.2: { name: 'new', heap: { used: 5 } } } };
    assert.equal(s.applyTick({ t: 11, tick: 2, index: [2], used: [6], patch }), true);
    assert.deepEqual([...s.gone.slice(0, 3)], [1, 0, 0]);
    assert.equal(s.isolates[2].id, '1.2');
    assert.equal(s.figure('used', 2), 6);
    assert.equal(s.figure('used', 1), 3);
});

test('a tick that does not fit asks for a frame', () => {
    assert.equal(store().applyTick({ t: 11, tick: 2, index: [9], used: [1] }), false);
    assert.equal(store().applyTick({ t: 11, tick: 2, index: [0, 1], used: [1] }), false);
});

test('keyed sets merge, append and lose', () => {
    const s = store();
    s.applyTick({
        t: 11,
        tick: 2,
        patch: { budgets: { b: { used: 6 }, c: { used: 1 } }, alerts: { a: { rule: 'drift' } } },
    });
    assert.deepEqual(
        [...s.budgets.values()],
        [
            { name: 'b', used: 6, limit: 10 },
            { name: 'c', used: 1 },
        ],
    );
    assert.equal(s.alerts.get('a').id, 'a');
    s.applyTick({ t: 12, tick: 3, patch: { alerts: { a: null }, verdict: { text: 'Other' } } });
    assert.equal(s.alerts.size, 0);
    assert.deepEqual(s.verdict, { state: 'safe', text: 'Other' });
});

test('merge patch follows RFC 7396 and keeps off prototypes', () => {
    const target = { a: { b: 1, c: [1, 2] }, d: 'x' };
    mergePatch(
        target,
        JSON.parse('{"a":{"b":null,"c":[3]},"d":{"e":{"f":1,"g":null}},"__proto__":{"bad":1}}'),
    );
    assert.deepEqual(target, { a: { c: [3] }, d: { e: { f: 1 } } });
    assert.equal({}.bad, undefined);
});
