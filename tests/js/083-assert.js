// assert: what passes, what throws, with which message.
var assert = require('assert');
function message(check) {
    try {
        check();
        console.log('passed');
    } catch (error) {
        console.log(error.name, error.code, error.operator, JSON.stringify(error.message));
    }
}
message(function () { assert.strictEqual(1, 2); });
message(function () { assert.strictEqual('a', 'b'); });
message(function () { assert.strictEqual(NaN, NaN); });
message(function () { assert.strictEqual(0, -0); });
message(function () { assert.equal(1, '1'); });
message(function () { assert.equal(1, 2); });
message(function () { assert.notEqual(1, 1); });
message(function () { assert.notStrictEqual(1, 1); });
message(function () { assert.notStrictEqual(1, 1, 'own words'); });
message(function () { assert.fail(); });
message(function () { assert.fail('why'); });
message(function () { assert.ifError(null); });
message(function () { assert.ifError(new Error('bad')); });
message(function () { assert.ok(true); });
message(function () { assert.ok(0, 'own'); });
message(function () { assert.throws(function () {}); });
message(function () { assert.throws(function () {}, RangeError); });
message(function () { assert.throws(function () { throw new TypeError('x'); }, /y/); });
message(function () { assert.doesNotThrow(function () { throw new Error('x'); }); });
message(function () { assert.doesNotThrow(function () {}); });
message(function () { assert.match('abc', /b/); });
message(function () { assert.doesNotMatch('abc', /x/); });
message(function () { throw new assert.AssertionError({ message: 'made' }); });

function same(a, b) {
    var results = [];
    ['deepEqual', 'deepStrictEqual', 'notDeepEqual', 'notDeepStrictEqual'].forEach(function (name) {
        try {
            assert[name](a, b);
            results.push(1);
        } catch (error) {
            results.push(error.code === 'ERR_ASSERTION' ? 0 : error);
        }
    });
    console.log(results.join());
}
var cycleA = { x: 1 };
cycleA.me = cycleA;
var cycleB = { x: 1 };
cycleB.me = cycleB;
function Foo(x) { this.x = x; }
[[1, '1'], [{ a: 1 }, { a: 1 }], [{ a: 1 }, { a: '1' }], [[1, 2], [1, 2]], [[1, 2], [1, 3]],
    [[1], { 0: 1 }], [new Date(1), new Date(1)], [new Date(1), new Date(2)], [/a/g, /a/g], [/a/g, /a/i],
    [NaN, NaN], [0, -0], [{ a: undefined }, {}], [null, undefined], [cycleA, cycleB],
    [new Foo(1), new Foo(1)], [new Foo(1), { x: 1 }], [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
    [new Uint8Array([1, 2]), new Uint8Array([1, 3])], [new Error('a'), new Error('a')],
    [new Error('a'), new Error('b')], [Object('a'), Object('a')], [Object(1), Object(2)], [[], {}],
    [[1, , 3], [1, undefined, 3]], [new ArrayBuffer(2), new ArrayBuffer(2)], ['a', Object('a')]]
    .forEach(function (pair) { same(pair[0], pair[1]); });
assert.throws(function () { throw new TypeError('bad thing'); }, { name: 'TypeError', message: /thing/ });
assert.throws(function () { assert.throws(function () { throw new Error('a'); }, { message: 'b' }); },
    assert.AssertionError);
assert.throws(function () { assert.throws(function () { throw new RangeError('a'); }, TypeError); },
    { code: 'ERR_ASSERTION', message: 'The error is expected to be an instance of "TypeError". Received "RangeError"\n\nError message:\n\na' });
assert.strict.equal(1, 1);
assert.throws(function () { assert.strict.equal(1, '1'); });
