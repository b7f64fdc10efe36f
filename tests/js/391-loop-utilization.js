// main only: it makes its own workers
// worker.performance.eventLoopUtilization(): nothing before it is online and after its end.
var threads = require('worker_threads');
var worker = new threads.Worker('require("worker_threads").parentPort.on("message", function () { var end = Date.now() + 30; while (Date.now() < end) {} require("worker_threads").parentPort.postMessage(1); })', { eval: true });
var none = worker.performance.eventLoopUtilization();
console.log(none);
worker.on('online', function () {
    setTimeout(function () {
        var before = worker.performance.eventLoopUtilization();
        worker.on('message', function () {
            var after = worker.performance.eventLoopUtilization();
            var between = worker.performance.eventLoopUtilization(before);
            var given = worker.performance.eventLoopUtilization(after, before);
            console.log(after.active > before.active, between.active > 0 && between.utilization > 0 && between.utilization <= 1,
                given.active === after.active - before.active);
            worker.terminate();
        });
        worker.postMessage(1);
    }, 50);
});
worker.on('exit', function () { console.log(worker.performance.eventLoopUtilization()); });
