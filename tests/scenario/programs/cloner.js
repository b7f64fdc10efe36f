// Posts 8 MB again and again, cloned; from the moment on at which the file named by the argument is
// there, in a buffer of its own each time that is transferred.
const fs = require('fs');
const { Worker } = require('worker_threads');

const sink = new Worker("const { parentPort } = require('worker_threads');"
    + 'parentPort.on("message", function () { parentPort.postMessage(0); });', { eval: true, name: 'sink' });

const same = new Uint8Array(8 << 20);

function send() {
    const isCured = fs.existsSync(process.argv[2]);
    const bytes = isCured ? new Uint8Array(8 << 20) : same;
    sink.postMessage(bytes, isCured ? [bytes.buffer] : []);
}

sink.on('message', () => setTimeout(send, 2)); // the same pace, cured or not
send();
