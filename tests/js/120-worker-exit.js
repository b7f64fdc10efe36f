// main only: it makes its own workers
// process.exit in a worker ends that worker alone; what it posted before still arrives.
var Worker = require('worker_threads').Worker;
var code = "var p = require('worker_threads').parentPort;" +
    "process.on('exit', function (code) { p.postMessage('leaving with ' + code); });" +
    "for (var i = 0; i < 3; i++) { p.postMessage(i); }" +
    "p.on('message', function () {});" +
    "setTimeout(function () { try { process.exit(7); } finally { p.postMessage('never'); } }, 1);";
var worker = new Worker(code, { eval: true });
worker.on('message', function (value) { console.log(value); });
worker.on('error', function (error) { console.log('never', error); });
worker.on('exit', function (code) { console.log('exit', code); });
