// main only: it makes its own workers
// Two threads add one a million times each: no addition is lost.
var assert = require('assert');
var threads = require('worker_threads');
if (!threads.isMainThread) {
    var shared = new Int32Array(threads.workerData);
    var small = new Uint8Array(threads.workerData, 4, 4);
    for (var i = 0; i < 1000000; i++) {
        Atomics.add(shared, 0, 1);
        if (i % 10000 === 0) {
            Atomics.add(small, 1, 1);
        }
    }
} else {
    var view = new Int32Array(new SharedArrayBuffer(8));
    for (var n = 0; n < 2; n++) {
        new threads.Worker(__filename, { workerData: view.buffer });
    }
    process.on('exit', function () {
        assert.strictEqual(view[0], 2000000);
        assert.strictEqual(new Uint8Array(view.buffer)[5], 200);
    });
}
