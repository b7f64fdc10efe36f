// What cannot be cloned is told by a DOMException, wherever it is posted, shared or started with.
var threads = require('worker_threads');
var channel = new threads.MessageChannel();
var closed = new threads.MessageChannel();
var detached = new ArrayBuffer(8);
structuredClone(detached, { transfer: [detached] });
closed.port1.close();
function show(label, run) {
    try {
        run();
        console.log(label, 'done');
    } catch (error) {
        console.log(label, error.constructor.name, error instanceof DOMException, error instanceof Error, error.name, error.code,
            error.message, Object.keys(error), String(error), error.stack.split('\n')[0]);
    }
}
show('post', function () { channel.port1.postMessage(Symbol('s')); });
show('options', function () { channel.port1.postMessage({ a: Symbol('s') }, {}); });
show('source', function () { channel.port1.postMessage(0, [channel.port1]); });
show('closed', function () { channel.port1.postMessage(0, [closed.port1]); });
show('twice', function () { var buffer = new ArrayBuffer(1); channel.port1.postMessage(0, [buffer, buffer]); });
show('detached', function () { channel.port1.postMessage(detached); });
show('clone', function () { structuredClone(new WeakMap()); });
show('worker', function () { new threads.Worker('', { eval: true, workerData: Symbol('data') }); });
show('broadcast', function () { var all = new threads.BroadcastChannel('550'); try { all.postMessage(Symbol('b')); } finally { all.close(); } });
show('thrown', function () { channel.port1.postMessage({ get a() { throw new RangeError('mine'); } }); });
channel.port1.close();
