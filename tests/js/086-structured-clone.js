// structuredClone copies, keeps shared references and cycles, moves what is transferred.
var assert = require('assert');
var value = { a: [1, { b: 'x' }], d: new Date(5), r: /x/g, u: undefined, n: null };
value.self = value;
var copy = structuredClone(value);
assert.notStrictEqual(copy, value);
assert.strictEqual(copy.self, copy);
assert.deepStrictEqual(copy.a, value.a);
assert.strictEqual(copy.d.getTime(), 5);
assert.strictEqual(String(copy.r), '/x/g');
assert.ok('u' in copy);
var buffer = new ArrayBuffer(8);
var moved = structuredClone(buffer, { transfer: [buffer] });
assert.strictEqual(buffer.byteLength, 0);
assert.strictEqual(moved.byteLength, 8);
assert.throws(function () { structuredClone(function () {}); }, { name: 'DataCloneError' });
assert.throws(function () { structuredClone({ s: Symbol('x') }); }, { name: 'DataCloneError' });
assert.throws(function () { structuredClone(); }, TypeError);
