// main only: it makes its own workers
// A transferred buffer has length 0 behind every view at once, and arrives whole.
var threads = require('worker_threads');
if (!threads.isMainThread) {
    threads.parentPort.once('message', function (value) {
        var bytes = new Uint8Array(value.buffer);
        var got = [value.buffer.byteLength, bytes[0], bytes[99999], value.view.length, value.view.buffer === value.buffer];
        threads.parentPort.postMessage(value.buffer, [value.buffer]);
        threads.parentPort.postMessage({ got: got, left: [value.buffer.byteLength, value.view.length, bytes.length] });
    });
} else {
    var buffer = new ArrayBuffer(100000);
    var bytes = new Uint8Array(buffer);
    var words = new Int32Array(buffer, 4, 10);
    var data = new DataView(buffer);
    bytes[0] = 1;
    bytes[99999] = 9;
    var worker = new threads.Worker(__filename);
    worker.postMessage({ buffer: buffer, view: words }, [buffer]);
    console.log(buffer.byteLength, bytes.length, bytes.byteLength, bytes.byteOffset, words.length, words.byteOffset);
    bytes[0] = 5;
    console.log(bytes[0], 0 in bytes, Object.keys(bytes));
    try { data.getInt8(0); } catch (error) { console.log(error.name); }
    try { new Uint8Array(buffer); } catch (error) { console.log(error.name); }
    worker.on('message', function (back) {
        console.log(back instanceof ArrayBuffer ? ['back', back.byteLength, new Uint8Array(back)[99999]] : back);
    });
}
