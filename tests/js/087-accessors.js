// Accessors that must know their receiver: lengths of buffers, callers of functions.
'use strict';
const assert = require('assert');

function getter(prototype, name) {
    return Object.getOwnPropertyDescriptor(prototype, name).get;
}

const byteLength = getter(ArrayBuffer.prototype, 'byteLength');
assert.strictEqual(byteLength.call(new ArrayBuffer(7)), 7);
assert.strictEqual(new SharedArrayBuffer(5).byteLength, 5);
assert.throws(function () { byteLength.call(new SharedArrayBuffer(4)); }, /incompatible receiver #<SharedArrayBuffer>/);
assert.throws(function () { byteLength.call(new Uint8Array(4)); }, /incompatible receiver \[object Uint8Array\]/);
assert.throws(function () { getter(SharedArrayBuffer.prototype, 'byteLength').call(new ArrayBuffer(4)); }, TypeError);

function strict() {}
const sloppy = new Function('');
['caller', 'arguments'].forEach(function (name) {
    assert.strictEqual(strict.hasOwnProperty(name), false);
    assert.strictEqual(strict.bind().hasOwnProperty(name), false);
    assert.throws(function () { return strict[name]; },
        /'caller', 'callee', and 'arguments' properties may not be accessed on strict mode functions/);
    assert.throws(function () { return strict.bind()[name]; }, TypeError);
    assert.strictEqual(sloppy[name], null);
});
