// main only: it makes its own workers
// A message goes to a worker and back; events come in their order.
var threads = require('worker_threads');
if (threads.isMainThread) {
    var worker = new threads.Worker(__filename, { workerData: { list: [1, 2, { three: 3 }] }, name: 'echo' });
    worker.on('online', function () { console.log('online'); });
    worker.on('message', function (value) {
        console.log('message', value);
        if (value.n === 3) {
            worker.postMessage('stop');
        }
    });
    worker.on('exit', function (code) { console.log('exit', code, worker.threadId); });
    console.log(threads.threadId, threads.parentPort, threads.workerData);
    worker.postMessage({ n: 1 });
    worker.postMessage({ n: 2, text: 'Grüße \u2603', nothing: undefined, no: null });
    worker.postMessage({ n: 3 });
} else {
    threads.parentPort.postMessage(['worker', threads.threadId, threads.workerData]);
    threads.parentPort.on('message', function (value) {
        if (value === 'stop') {
            threads.parentPort.close();
        } else {
            threads.parentPort.postMessage(value);
        }
    });
}
