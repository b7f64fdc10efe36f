// util: format, inherits, types, isDeepStrictEqual.
var util = require('util');
var assert = require('assert');
assert.strictEqual(util.format('%s=%d', 'a', 1, 'b'), 'a=1 b');
assert.strictEqual(util.format(1, 2), '1 2');
assert.strictEqual(util.format('%s'), '%s');
assert.strictEqual(util.inspect({ a: [1] }), '{ a: [ 1 ] }');
function Child() {}
function Parent() {}
Parent.prototype.hello = function () { return 'hello'; };
util.inherits(Child, Parent);
assert.strictEqual(new Child().hello(), 'hello');
assert.strictEqual(Child.super_, Parent);
assert.throws(function () { util.inherits(Child, null); }, { code: 'ERR_INVALID_ARG_TYPE' });
assert.strictEqual(util.isDeepStrictEqual({ a: [1] }, { a: [1] }), true);
assert.strictEqual(util.isDeepStrictEqual({ a: [1] }, { a: ['1'] }), false);
assert.strictEqual(util.types.isDate(new Date()), true);
assert.strictEqual(util.types.isDate({}), false);
assert.strictEqual(util.types.isRegExp(/a/), true);
assert.strictEqual(util.types.isUint8Array(new Uint8Array(1)), true);
assert.strictEqual(util.types.isTypedArray(new DataView(new ArrayBuffer(1))), false);
assert.strictEqual(util.types.isSharedArrayBuffer(new SharedArrayBuffer(1)), true);
assert.strictEqual(util.types.isArrayBuffer(new SharedArrayBuffer(1)), false);
assert.strictEqual(util.types.isAnyArrayBuffer(new SharedArrayBuffer(1)), true);
assert.strictEqual(util.types.isNativeError(new TypeError()), true);
assert.strictEqual(util.types.isBoxedPrimitive(Object(1)), true);
var custom = {};
custom[util.inspect.custom] = function (depth, options, inspect) {
    return '<' + depth + inspect({ a: 1 }) + '>';
};
assert.strictEqual(util.inspect(custom), '<2{ a: 1 }>');
assert.strictEqual(util.stripVTControlCharacters('\u001b[31mred\u001b[39m'), 'red');
