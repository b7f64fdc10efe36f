// main only: it makes its own workers
// notify wakes as many as told, first come first served, and says how many.
var assert = require('assert');
var threads = require('worker_threads');
if (!threads.isMainThread) {
    var shared = new Int32Array(threads.workerData);
    Atomics.add(shared, 1, 1);
    var result = Atomics.wait(shared, 0, 0);
    threads.parentPort.postMessage(result);
} else {
    var view = new Int32Array(new SharedArrayBuffer(16));
    var results = [];
    for (var i = 0; i < 4; i++) {
        var worker = new threads.Worker(__filename, { workerData: view.buffer });
        worker.on('message', function (text) { results.push(text); });
    }
    var woken = [];
    var pump = setInterval(function () {
        if (Atomics.load(view, 1) < 4) {
            return;
        }
        var count = Atomics.notify(view, 0, woken.length === 0 ? 2 : Infinity);
        if (count > 0) {
            woken.push(count);
        }
        if (woken.reduce(function (a, b) { return a + b; }, 0) === 4) {
            clearInterval(pump);
        }
    }, 10);
    process.on('exit', function () {
        assert.deepStrictEqual(results, ['ok', 'ok', 'ok', 'ok']);
        assert.ok(woken[0] <= 2, woken);
        assert.strictEqual(Atomics.notify(view, 0), 0);
    });
}
