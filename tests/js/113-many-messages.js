// main only: it makes its own workers
// Order holds over thousands of messages both ways, and the last one comes before the exit.
var threads = require('worker_threads');
var COUNT = 20000;
if (!threads.isMainThread) {
    var expected = 0;
    threads.parentPort.on('message', function (n) {
        if (n !== expected++) {
            throw new Error('out of order: ' + n);
        }
        threads.parentPort.postMessage(n);
        if (n === COUNT - 1) {
            threads.parentPort.close();
        }
    });
} else {
    var worker = new threads.Worker(__filename);
    var next = 0;
    worker.on('message', function (n) {
        if (n !== next++) {
            throw new Error('out of order: ' + n);
        }
    });
    worker.on('exit', function (code) { console.log(next, code); });
    for (var i = 0; i < COUNT; i++) {
        worker.postMessage(i);
    }
}
