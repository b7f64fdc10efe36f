// v8.serialize writes V8's bytes, deserialize reads them, and hostile bytes are an error.
var assert = require('assert');
var v8 = require('v8');
var cycle = { name: 'c' };
cycle.self = cycle;
var shared = { s: 1 };
var values = [undefined, null, true, false, 0, -0, 1, -1, 127, 128, -65, 2147483647, -2147483648, 2147483648, 1.5, NaN,
    Infinity, '', 'text', 'é', '\u20ac wide', 'x\u20ac', {}, { a: 1, b: 'two', 3: [] }, [], [1, 2, 3], [1, 2.5], ['a', , 'c'],
    [[[]]], new Date(86400000), /a+b/gi, Object(true), Object(false), Object(7), Object('boxed'), new Map([[1, 'one'], ['k', {}]]),
    new Set([1, 'two', [3]]), new Uint8Array([1, 2, 255]), new Float64Array([0.5]), new Uint8Array([9, 8, 7, 6]).buffer,
    Buffer.from('bytes'), new DataView(new ArrayBuffer(3)), cycle, [shared, shared], { nested: { deep: [{ x: null }] } }];
values.forEach(function (value) {
    var bytes = v8.serialize(value);
    console.log(bytes.toString('hex'));
    assert.ok(Buffer.isBuffer(bytes));
    var back = v8.deserialize(bytes);
    assert.deepStrictEqual(back, value);
    assert.strictEqual(Object.prototype.toString.call(back), Object.prototype.toString.call(value));
});
var back = v8.deserialize(v8.serialize([cycle, shared, shared]));
assert.strictEqual(back[0].self, back[0]);
assert.strictEqual(back[1], back[2]);
var error = v8.deserialize(v8.serialize(new TypeError('wrong')));
assert.ok(error instanceof TypeError && error.message === 'wrong');

function refused(f) {
    try { console.log('done', f()); } catch (e) { console.log(e.name, e.code, e.message); }
}
refused(function () { v8.serialize({ a: Symbol('s') }); });
refused(function () { v8.deserialize(5); });
refused(function () { v8.deserialize(Buffer.from('')); });
refused(function () { v8.deserialize(Buffer.from('ff0f', 'hex')); });
refused(function () { v8.deserialize(Buffer.from('ff0f6f2201', 'hex')); });
refused(function () { v8.deserialize(Buffer.from('ff0f5e05', 'hex')); });
refused(function () { v8.deserialize(Buffer.from('ff0f22ffffffff07', 'hex')); });
