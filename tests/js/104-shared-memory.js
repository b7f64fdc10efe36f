// main only: it makes its own workers
// A SharedArrayBuffer is the same memory on both sides and is never detached.
var threads = require('worker_threads');
if (!threads.isMainThread) {
    var there = new Int32Array(threads.workerData.shared);
    there[1] = 42;
    Atomics.store(there, 0, 1);
    Atomics.notify(there, 0);
    threads.parentPort.postMessage(threads.workerData.shared);
} else {
    var shared = new SharedArrayBuffer(1024);
    var here = new Int32Array(shared);
    console.log(shared.byteLength, Object.prototype.toString.call(shared), shared instanceof SharedArrayBuffer, shared instanceof ArrayBuffer);
    var worker = new threads.Worker(__filename, { workerData: { shared: shared } });
    Atomics.wait(here, 0, 0); /* ok, or not-equal when the worker was faster */
    console.log(here[1], Atomics.wait(here, 0, 0), Atomics.wait(here, 0, 1, 5));
    worker.on('message', function (back) {
        here[5] = 77;
        console.log(back.byteLength, back instanceof SharedArrayBuffer, new Int32Array(back)[5], shared.byteLength);
    });
}
