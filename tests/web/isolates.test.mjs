// What the views of isolates rest on: addresses, the order of ten thousand rows, files that actions
// bring, holes in a history, text for spreadsheets.
import assert from 'node:assert/strict';
import test from 'node:test';
import { formatAddress, parseAddress } from '../../web/src/data/address.ts';
import { csvOf } from '../../web/src/data/csv.ts';
import { censusOf, framesOf, tellsAllocated } from '../../web/src/data/heapfiles.ts';
import { listingOf } from '../../web/src/data/order.ts';
import { holesOf } from '../../web/src/data/series.ts';
import { Store } from '../../web/src/data/store.ts';

const asked = (more = {}) => ({ words: '', states: new Set(), sort: 'state', reversed: false, group: '',
    folded: new Set(), ...more });

function storeOf(list) {
    const store = new Store();
    store.applyFrame({ t: 1, tick: 1, processes: [{ pid: 7, name: 'api' }],
        isolates: list.map(([id, used, state = 'flat', more = {}]) => ({ id, name: id, process: 7,
            heap: { used, limit: 100 }, drift: { state }, ...more })) });
    return store;
}
const names = (store, { lines }) => lines.map((line) => line < 0 ? 'group' : store.isolates[line].id);

test('an address is read as it is written, with any id', () => {
    for (const id of ['4711.5', '4711.5~99', 'a/b?c#d%']) {
        const route = { view: 'isolates', id, query: new URLSearchParams({ range: '1h', q: 'a b&c' }) };
        const read = parseAddress(formatAddress(route));
        assert.deepEqual([read.view, read.id, read.query.get('q')], ['isolates', id, 'a b&c']);
    }
    assert.equal(parseAddress('#/isolates/%').id, '%');
    assert.deepEqual([parseAddress('').view, parseAddress('').id], ['', null]);
});

test('what needs attention comes first, then what is largest; unknown comes last either way', () => {
    const store = storeOf([['a', 5], ['b', null], ['c', 9], ['d', 1, 'rising']]);
    assert.deepEqual(names(store, listingOf(store, asked())), ['d', 'c', 'a', 'b']);
    assert.deepEqual(names(store, listingOf(store, asked({ sort: 'used' }))), ['c', 'a', 'd', 'b']);
    assert.deepEqual(names(store, listingOf(store, asked({ sort: 'used', reversed: true }))), ['d', 'a', 'c', 'b']);
});

test('names sort as people count, words and states narrow, states are counted of what fits the words', () => {
    const store = storeOf([['w-10', 1], ['w-9', 1, 'rising'], ['x-1', 1]]);
    assert.deepEqual(names(store, listingOf(store, asked({ sort: 'name' }))), ['w-9', 'w-10', 'x-1']);
    const listing = listingOf(store, asked({ words: 'W api', states: new Set(['rising']) }));
    assert.deepEqual(names(store, listing), ['w-9']);
    assert.deepEqual([...listing.states], [['flat', 1], ['rising', 1]]);
});

test('groups stand with their sums; a folded one keeps its heading', () => {
    const store = storeOf([['a', 5, 'flat', { pool: 'x' }], ['b', 7, 'flat', { pool: 'y' }], ['c', 1, 'rising', { pool: 'x' }]]);
    const open = listingOf(store, asked({ group: 'pool' }));
    assert.deepEqual(names(store, open), ['group', 'c', 'a', 'group', 'b']);
    assert.deepEqual(open.groups[0], { name: 'x', count: 2, used: 6, rising: 1 });
    const folded = listingOf(store, asked({ group: 'pool', folded: new Set(['x']) }));
    assert.deepEqual(names(store, folded), ['group', 'group', 'b']);
});

test('ten thousand are in order well within a tick', () => {
    const store = storeOf(Array.from({ length: 10000 }, (_, i) => [`i-${i}`, (i * 7919) % 10007]));
    const { lines } = listingOf(store, asked({ sort: 'used' }));
    assert.equal(lines.length, 10000);
    for (let i = 1; i < lines.length; i++) {
        assert.ok(store.columns.used[lines[i - 1]] >= store.columns.used[lines[i]]);
    }
});

const node = (functionName, selfSize, children = [], lineNumber = 4) =>
    ({ callFrame: { functionName, url: 'file:///a/b.js', lineNumber }, selfSize, children });

test('a profile adds up, and the same place reached twice is one frame', () => {
    const frame = framesOf({ head: node('(root)', 0, [node('f', 1, [node('g', 4)]), node('h', 9), node('f', 2, [node('g', 6)])]) });
    assert.equal(frame.bytes, 22);
    assert.deepEqual(frame.children.map((child) => [child.name, child.site, child.bytes]), [['f', 'b.js:5', 13], ['h', 'b.js:5', 9]]);
    assert.equal(frame.children[0].children[0].bytes, 10);
    const both = { head: { ...node('(root)', 1), allocatedSize: 7 } };
    assert.equal(framesOf(both, 'allocatedSize').bytes, 7);
    assert.ok(tellsAllocated(both) && !tellsAllocated({ head: node('f', 1) }) && !tellsAllocated(null));
});

test('what is no profile and no census is nothing, however it is wrong', () => {
    for (const wrong of [null, 3, 'x', [], {}, { head: 1 }, { rows: {} }]) {
        assert.equal(framesOf(wrong), null);
        assert.deepEqual(censusOf(wrong), []);
    }
    const odd = framesOf({ head: { children: [1, { selfSize: 'x', callFrame: 3 }, null], selfSize: 2 } });
    assert.equal(odd.bytes, 2);
    assert.equal(censusOf({ rows: [1, { name: 5, bytes: 'x' }] })[0].name, '5');
});

test('a census is read by growth once there is something to hold it against', () => {
    const row = (name, bytes, bytes_grown) => ({ name, count: 1, bytes, count_grown: 0, bytes_grown });
    assert.deepEqual(censusOf({ rows: [row('a', 1, null), row('b', 2, null)] }).map((one) => one.name), ['b', 'a']);
    assert.deepEqual(censusOf({ rows: [row('a', 1, 1), row('b', 2, -2)] }).map((one) => one.name), ['a', 'b']);
});

test('points further apart than their step are a hole', () => {
    const points = [1, 2, 3, 20, 21].map((t) => [t, 0, 0, 0]);
    assert.deepEqual(holesOf(points, 1), [{ from: 4, to: 20 }]);
    assert.deepEqual(holesOf(points, 15), []);
});

test('no name becomes a formula, a cell or a line of its own', () => {
    assert.equal(csvOf(['time', 'name'], [[0, '=1+1'], [1.5, 'a,"b"\n'], [2, null]]),
        `time,name\r\n1970-01-01T00:00:00.000Z,'=1+1\r\n1970-01-01T00:00:01.500Z,"a,""b""\n"\r\n1970-01-01T00:00:02.000Z,\r\n`);
});
