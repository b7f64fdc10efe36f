// main only: it makes its own workers
// Transferred buffers are gone here and whole there; shared ones are the same memory on both sides.
var threads = require('worker_threads');
if (threads.isMainThread) {
    var bytes = new Uint8Array(1000000);
    bytes[999999] = 9;
    var floats = new Float64Array(bytes.buffer, 8, 10);
    var shared = new Int32Array(new SharedArrayBuffer(64));
    var worker = new threads.Worker(__filename);
    worker.postMessage({ bytes: bytes, shared: shared }, [bytes.buffer]);
    console.log(bytes.length, bytes.byteLength, floats.length, bytes.buffer.byteLength, shared.length);
    worker.on('message', function (value) {
        console.log(value.bytes.length, value.bytes[999999], value.bytes[0], shared[3]);
        worker.postMessage(null);
    });
    try {
        worker.postMessage(function () {});
    } catch (error) {
        console.log(error.name);
    }
    try {
        worker.postMessage();
    } catch (error) {
        console.log(error.name, error.code);
    }
} else {
    threads.parentPort.on('message', function (value) {
        if (value === null) {
            return threads.parentPort.close();
        }
        value.bytes[0] = 5;
        value.shared[3] = 33;
        threads.parentPort.postMessage({ bytes: value.bytes }, { transfer: [value.bytes.buffer] });
    });
}
