// 4 MiB that three workers and the main isolate share. When the file named by the second argument is
// there all let it go, but for the first worker, which waits for the file named by the first; with the
// argument 'all' in its place that one lets it go too.
const fs = require('fs');
const { Worker } = require('worker_threads');

const CODE = "const { parentPort } = require('worker_threads'); let kept;"
    + 'parentPort.on("message", function (data) { kept = data; });';
const workers = [1, 2, 3].map((number) => new Worker(CODE, { eval: true, name: 'holder-' + number }));
let shared = new Uint8Array(new SharedArrayBuffer(4 << 20));
workers.forEach((worker) => worker.postMessage(shared));

function drop(list) {
    list.forEach((worker) => worker.postMessage(null));
}

const first = setInterval(() => {
    if (fs.existsSync(process.argv[3])) {
        clearInterval(first);
        shared = null;
        drop(process.argv[2] === 'all' ? workers : workers.slice(1));
    }
}, 50);
const second = setInterval(() => {
    if (fs.existsSync(process.argv[2])) {
        clearInterval(second);
        drop(workers);
    }
}, 50);
