// main only: it makes its own workers
// Ports: in one isolate, sent to a worker, closed on either side, received synchronously.
var threads = require('worker_threads');
if (!threads.isMainThread) {
    var port = threads.workerData.port;
    port.on('message', function (n) {
        port.postMessage(n * 2);
        if (n === 3) {
            port.close();
        }
    });
} else {
    var local = new threads.MessageChannel();
    local.port1.postMessage({ a: 1 });
    local.port1.postMessage('two');
    console.log(threads.receiveMessageOnPort(local.port2), threads.receiveMessageOnPort(local.port2), threads.receiveMessageOnPort(local.port2));
    local.port2.onmessage = function (event) {
        console.log('onmessage', event.data);
        local.port1.close();
    };
    local.port2.on('close', function () { console.log('port2 closed'); remote(); });
    local.port1.postMessage('three');
}

function remote() {
    var channel = new threads.MessageChannel();
    channel.port1.postMessage(1); /* waits in the port while it travels */
    var worker = new threads.Worker(__filename, { workerData: { port: channel.port2 }, transferList: [channel.port2] });
    channel.port1.postMessage(2);
    channel.port1.on('message', function (n) { console.log('main:', n); });
    channel.port1.on('close', function () { console.log('main: closed'); });
    worker.on('online', function () { channel.port1.postMessage(3); });
    try {
        channel.port2.postMessage(1);
        console.log('posting on a moved port is silent');
    } catch (error) {
        console.log(error.name);
    }
}
