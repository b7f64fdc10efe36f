// main only: it makes its own workers
// A worker that waits for ever can be terminated.
var assert = require('assert');
var threads = require('worker_threads');
if (!threads.isMainThread) {
    var shared = new Int32Array(threads.workerData);
    Atomics.store(shared, 1, 1);
    Atomics.wait(shared, 0, 0);
    Atomics.store(shared, 2, 1);
} else {
    var view = new Int32Array(new SharedArrayBuffer(16));
    var worker = new threads.Worker(__filename, { workerData: view.buffer });
    var code;
    worker.on('exit', function (value) { code = value; });
    var poll = setInterval(function () {
        if (Atomics.load(view, 1) === 1) {
            clearInterval(poll);
            setTimeout(function () { worker.terminate(); }, 20);
        }
    }, 5);
    process.on('exit', function () {
        assert.strictEqual(code, 1);
        assert.strictEqual(Atomics.load(view, 2), 0);
        assert.strictEqual(Atomics.notify(view, 0), 0);
    });
}
