// Makes 8 MiB anew and posts it, again and again: cloned, and transferred from the moment on at which the
// file named by the argument is there, or always with 'transferred'. Prints how long it stood still in
// postMessage each time, by its own clock.
const fs = require('fs');
const { Worker } = require('worker_threads');

const sink = new Worker("const { parentPort } = require('worker_threads');"
    + 'parentPort.on("message", function () { parentPort.postMessage(0); });', { eval: true, name: 'sink' });
let isCured = process.argv[2] === 'transferred', spent = [], told = 0;

function send() {
    const bytes = new Uint8Array(8 << 20).fill(spent.length);
    const began = performance.now();
    sink.postMessage(bytes, isCured ? [bytes.buffer] : []);
    spent.push((performance.now() - began) / 1000);
}

sink.on('message', () => setTimeout(send, 5));
setInterval(() => {
    console.log(JSON.stringify({ t: Date.now() / 1000, seconds: spent.slice(told) }));
    told = spent.length;
    isCured = isCured || fs.existsSync(process.argv[2]);
}, 200);
send();
