// Sends 4 MiB to three workers that keep them, again and again: the same bytes as a copy for each, until
// the file named by the argument is there, then in a SharedArrayBuffer; with 'different' other bytes to each.
const fs = require('fs');
const { Worker } = require('worker_threads');

const CODE = "const { parentPort } = require('worker_threads'); let kept;"
    + 'parentPort.on("message", function (data) { kept = data; parentPort.postMessage(kept.length); });';
const workers = [1, 2, 3].map((number) => new Worker(CODE, { eval: true, name: 'reader-' + number }));
const isDifferent = process.argv[2] === 'different';
const shared = new Uint8Array(new SharedArrayBuffer(4 << 20));
const data = new Uint8Array(4 << 20);
let round = 1;

function ask(worker, bytes) {
    return new Promise((done) => {
        worker.once('message', done);
        worker.postMessage(bytes);
    });
}

function send() {
    const bytes = fs.existsSync(process.argv[2]) ? shared : data;
    bytes.fill(round++);
    const asked = workers.map((worker) => {
        if (isDifferent) {
            bytes.fill(round++);
        }
        return ask(worker, bytes);
    });
    Promise.all(asked).then(() => setTimeout(send, 200));
}

send();
