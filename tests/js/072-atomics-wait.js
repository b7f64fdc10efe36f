// wait without anybody to notify: compares, times out, takes its time.
var assert = require('assert');
var view = new Int32Array(new SharedArrayBuffer(16));
assert.strictEqual(Atomics.wait(view, 0, 1), 'not-equal');
assert.strictEqual(Atomics.wait(view, 0, 0, 0), 'timed-out');
assert.strictEqual(Atomics.wait(view, 0, 0, -1), 'timed-out');
assert.strictEqual(Atomics.wait(view, 0, '0', null), 'timed-out');
var began = performance.now();
assert.strictEqual(Atomics.wait(view, 2, 0, 50), 'timed-out');
assert.ok(performance.now() - began >= 49);
assert.strictEqual(Atomics.notify(view, 0), 0);
assert.strictEqual(Atomics.notify(view, 0, 0), 0);
view[1] = -5;
assert.strictEqual(Atomics.wait(view, 1, 4294967291, 0), 'timed-out');
