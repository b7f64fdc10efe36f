// Built-in modules with and without node:, the same object; the globals among them.
var assert = require('assert');
['assert', 'console', 'events', 'path', 'process', 'timers', 'util', 'v8', 'worker_threads']
    .forEach(function (name) {
        assert.strictEqual(require('node:' + name), require(name), name);
    });
assert.strictEqual(require('console').log, console.log);
assert.strictEqual(require('events').EventEmitter, require('events'));
assert.strictEqual(require.resolve('path'), 'path');
assert.strictEqual(require.resolve('node:path'), 'node:path');
