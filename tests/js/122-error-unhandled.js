// main only: it makes its own workers
// exit: 1
// stderr: Error: nobody listens
// Without an 'error' listener on the Worker its error is an uncaught one of the parent.
var Worker = require('worker_threads').Worker;
var worker = new Worker("throw new Error('nobody listens')", { eval: true });
worker.on('exit', function () { console.log('not reached'); });
process.on('exit', function (code) { console.log('exit', code); });
