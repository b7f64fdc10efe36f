// main only: it makes its own workers
// Two workers joined by a channel talk without their parent.
var threads = require('worker_threads');
if (threads.isMainThread) {
    var channel = new threads.MessageChannel();
    var left = new threads.Worker(__filename, { workerData: { port: channel.port1, first: true }, transferList: [channel.port1] });
    var right = new threads.Worker(__filename, { workerData: { port: channel.port2 }, transferList: [channel.port2] });
    left.on('message', function (value) { console.log('left', value); });
    left.on('exit', function (code) { console.log('left exit', code); });
    right.on('exit', function (code) { if (code !== 0) { console.log('right', code); } });
} else {
    var port = threads.workerData.port;
    port.on('message', function (n) {
        if (n === 1000) {
            if (threads.workerData.first) {
                threads.parentPort.postMessage(n);
            } else {
                port.postMessage(n);
            }
            port.close();
        } else {
            port.postMessage(n + 1);
        }
    });
    if (threads.workerData.first) {
        port.postMessage(0);
    }
}
