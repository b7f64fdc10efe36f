// main only: it makes its own workers
// Fifty at once, each says who it is, each ends by itself.
var threads = require('worker_threads');
var COUNT = 50;
var sum = 0, ended = 0, ids = {};
for (var i = 0; i < COUNT; i++) {
    var worker = new threads.Worker("var t = require('worker_threads'); t.parentPort.postMessage([t.workerData, t.threadId])",
        { eval: true, workerData: i });
    ids[worker.threadId] = true;
    worker.on('message', function (value) {
        sum += value[0];
        if (!ids[value[1]]) { console.log('unknown', value[1]); }
    });
    worker.on('exit', function (code) { ended += code === 0 ? 1 : 0; });
}
process.on('exit', function () { console.log(sum, ended, Object.keys(ids).length); });
