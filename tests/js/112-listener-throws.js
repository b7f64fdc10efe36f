// main only: it makes its own workers
// A listener that throws does not lose the messages behind it.
var seen = [];
var threads = require('worker_threads');
process.on('uncaughtException', function (error) { seen.push('caught ' + error.message); });
var worker = new threads.Worker('var p = require("worker_threads").parentPort; for (var i = 0; i < 5; i++) { p.postMessage(i); }', { eval: true });
worker.on('message', function (n) {
    seen.push(String(n));
    if (n % 2 === 1) {
        throw new Error('at ' + n);
    }
});
worker.on('exit', function (code) { console.log('exit', code, seen.sort()); });
