// flags: --expose-gc
// gc() collects what is unreachable.
var assert = require('assert');
assert.strictEqual(typeof gc, 'function');
assert.strictEqual(globalThis.gc, gc);
(function () {
    for (var i = 0; i < 200000; i++) {
        var a = { b: null };
        a.b = { a: a };
    }
    var list = [];
    for (i = 0; i < 100000; i++) {
        list.push({ index: i });
    }
    list.self = list;
})();
var before = process.memoryUsage().heapUsed;
gc();
gc();
assert.ok(before - process.memoryUsage().heapUsed > 1000000);
