// A worker for each request until the file named by the argument is there, then one for all of them;
// with the argument 'pooled' the one from the start.
const fs = require('fs');
const { Worker } = require('worker_threads');

const CODE = "const { parentPort } = require('worker_threads');"
    + 'parentPort.on("message", function (n) { parentPort.postMessage(n + 1); });';
let kept = null;

function request(worker, done) {
    worker.once('message', done);
    worker.postMessage(1);
}

function serve() {
    if (process.argv[2] === 'pooled' || fs.existsSync(process.argv[2])) {
        kept = kept || new Worker(CODE, { eval: true, name: 'kept' });
        request(kept, () => setTimeout(serve, 20));
    } else {
        const worker = new Worker(CODE, { eval: true, name: 'request' });
        request(worker, () => worker.terminate().then(() => setTimeout(serve, 20)));
    }
}

serve();
