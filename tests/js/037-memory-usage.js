// memoryUsage: figures that move with what the script holds.
var assert = require('assert');
var before = process.memoryUsage();
['rss', 'heapTotal', 'heapUsed', 'external', 'arrayBuffers'].forEach(function (name) {
    assert.ok(before[name] >= 0, name);
});
assert.ok(before.rss > 1000000 && before.heapUsed > 10000 && before.heapTotal >= before.heapUsed);
var kept = new Uint8Array(20000000);
assert.ok(process.memoryUsage().arrayBuffers - before.arrayBuffers >= 20000000);
assert.ok(process.memoryUsage().external - before.external >= 20000000);
var shared = new SharedArrayBuffer(10000000);
var after = process.memoryUsage();
assert.ok(after.arrayBuffers - before.arrayBuffers >= 30000000);
assert.ok(after.external - before.external < 29000000);
var list = [];
for (var i = 0; i < 50000; i++) {
    list.push({ index: i });
}
assert.ok(process.memoryUsage().heapUsed - before.heapUsed > 500000);
assert.ok(Math.abs(process.memoryUsage.rss() - process.memoryUsage().rss) < 50000000);
assert.strictEqual(kept.length + shared.byteLength + list.length, 30050000);
