// main only: it makes its own workers
// A worker can be terminated before it is online, and by its own message's handler.
var Worker = require('worker_threads').Worker;
var ended = 0;
for (var i = 0; i < 20; i++) {
    var worker = new Worker("for (;;);", { eval: true });
    worker.on('exit', function (code) { ended++; });
    worker.terminate();
}
process.on('exit', function () { console.log(ended); });
