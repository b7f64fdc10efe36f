// main only: it makes its own workers
// Workers of workers; none outlives its parent.
var threads = require('worker_threads');
var depth = threads.isMainThread ? 0 : threads.workerData.depth;
if (depth < 4) {
    var child = new threads.Worker(__filename, { workerData: { depth: depth + 1 } });
    child.on('message', function (path) {
        path.push(depth);
        if (threads.isMainThread) {
            console.log(path);
            child.terminate();
        } else {
            threads.parentPort.postMessage(path);
        }
    });
    child.on('exit', function () {
        if (threads.isMainThread) {
            console.log('over');
        }
    });
} else {
    threads.parentPort.postMessage([depth]);
    setInterval(function () {}, 1000);
}
