// A worker writes more than anybody reads; after half a second it is terminated.
var Worker = require('worker_threads').Worker;
var worker = new Worker('var line = "x".repeat(10000); for (;;) { console.log(line); }', { eval: true });
worker.on('exit', function (code) { console.error('ended ' + code); });
setTimeout(function () { worker.terminate(); }, 500);
