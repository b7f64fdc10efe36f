// main only: it makes its own workers
// Workers make workers; when one ends, those it made end with it, whatever they do.
var threads = require('worker_threads');
var Worker = threads.Worker;
var inner = "var t = require('worker_threads'); var view = new Int32Array(t.workerData);" +
    "Atomics.add(view, 0, 1); t.parentPort.postMessage('inner runs'); for (;;);";
var outer = "var t = require('worker_threads');" +
    "for (var i = 0; i < 3; i++) {" +
    "new t.Worker(" + JSON.stringify(inner) + ", { eval: true, workerData: t.workerData })" +
    ".on('message', function (m) { t.parentPort.postMessage(m); }); }";
var view = new Int32Array(new SharedArrayBuffer(8));
var worker = new Worker(outer, { eval: true, workerData: view.buffer });
var heard = 0;
worker.on('message', function (value) {
    console.log(value);
    if (++heard === 3) {
        worker.terminate();
    }
});
worker.on('exit', function (code) { console.log('exit', code, view[0]); });
