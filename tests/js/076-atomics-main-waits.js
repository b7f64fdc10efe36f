// main only: it makes its own workers
// The main isolate may wait too, as in Node.
var assert = require('assert');
var threads = require('worker_threads');
if (!threads.isMainThread) {
    var shared = new Int32Array(threads.workerData);
    while (Atomics.notify(shared, 0) === 0) {
        Atomics.wait(shared, 1, 0, 1);
    }
} else {
    var view = new Int32Array(new SharedArrayBuffer(8));
    new threads.Worker(__filename, { workerData: view.buffer });
    assert.strictEqual(Atomics.wait(view, 0, 0, 60000), 'ok');
}
