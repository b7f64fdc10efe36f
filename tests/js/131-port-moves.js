// main only: it makes its own workers
// A port travels to a worker in workerData and in a message, and brings what was waiting in it.
var threads = require('worker_threads');
if (threads.isMainThread) {
    var a = new threads.MessageChannel();
    var b = new threads.MessageChannel();
    a.port1.postMessage('waited for you');
    var worker = new threads.Worker(__filename, { workerData: { port: a.port2 }, transferList: [a.port2] });
    worker.postMessage({ port: b.port2 }, [b.port2]);
    b.port1.postMessage('waited too');
    a.port1.on('message', function (value) { console.log('a', value); });
    b.port1.on('message', function (value) {
        console.log('b', value);
        b.port1.postMessage('end');
    });
    b.port1.on('close', function () { console.log('b closed'); });
    try {
        worker.postMessage({ port: b.port1 });
    } catch (error) {
        console.log(error.name, error.message);
    }
    try {
        a.port1.postMessage(null, [a.port1]);
    } catch (error) {
        console.log(error.name, error.message);
    }
    worker.on('exit', function (code) { console.log('exit', code); });
} else {
    var first = threads.workerData.port;
    first.on('message', function (value) {
        first.postMessage('echo ' + value);
        first.close();
        threads.parentPort.on('message', function (message) {
            message.port.on('message', function (text) {
                if (text === 'end') {
                    message.port.close();
                    threads.parentPort.close();
                } else {
                    message.port.postMessage('echo ' + text);
                }
            });
        });
    });
}
