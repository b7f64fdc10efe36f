// main only: it makes its own workers
// What a worker writes first is seen by who listens in the same turn, and by who listens when it is online.
var threads = require('worker_threads');
var lock = new Int32Array(new SharedArrayBuffer(4));
var program = 'process.stdout.write("early "); process.stderr.write("fault "); Atomics.store(require("worker_threads").workerData, 0, 1); Atomics.notify(require("worker_threads").workerData, 0); process.stdout.write("late");';
var worker = new threads.Worker(program, { eval: true, workerData: lock, stdout: true, stderr: true });
Atomics.wait(lock, 0, 0, 50); // Node's needs this thread to start
var text = '';
worker.stdout.on('data', function (data) { text += data; });
worker.stderr.on('data', function (data) { text += data; });
worker.stdout.on('end', function () {
    console.log(text.length, text.indexOf('early ') < text.indexOf('late'), text.indexOf('fault ') >= 0);
    var second = new threads.Worker('console.log("seen twice")', { eval: true });
    var copy = '';
    second.stdout.on('data', function (data) { copy += data; });
    second.on('exit', function () { setImmediate(function () { console.log(JSON.stringify(copy)); }); });
});
