// The global object and how its names behave.
var assert = require('assert');
assert.strictEqual(globalThis, global);
['console', 'process', 'setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval',
    'clearImmediate', 'queueMicrotask', 'structuredClone', 'TextEncoder', 'TextDecoder', 'performance',
    'Atomics', 'SharedArrayBuffer'].forEach(function (name) {
    assert.ok(name in globalThis, name);
    assert.notStrictEqual(typeof globalThis[name], 'undefined', name);
});
assert.strictEqual(setTimeout, global.setTimeout);
assert.strictEqual(typeof performance.now(), 'number');
assert.ok(performance.timeOrigin > 1e12);
var real = global.setTimeout;
global.setTimeout = 5;
assert.strictEqual(setTimeout, 5);
global.setTimeout = real;
global.clearInterval = 'replaced before its first use';
assert.strictEqual(clearInterval, 'replaced before its first use');
assert.strictEqual(new TextDecoder().decode(new TextEncoder().encode('é😀')), 'é😀');
var local = 1;
assert.strictEqual(global.local, undefined);
assert.strictEqual(local, 1);
