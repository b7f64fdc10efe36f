// Jobs for a worker whose messages take longer to copy than what the job computes; from the moment on
// at which the file named by the argument is there, or with 'long', each computes more than that.
const fs = require('fs');
const { Worker } = require('worker_threads');

const CODE = "const { parentPort } = require('worker_threads');"
    + 'parentPort.on("message", function (job) {'
    + '    let sum = 0;'
    + '    for (let round = 0; round < job.rounds; round++) {'
    + '        for (let i = 0; i < job.list.length; i++) { sum += job.list[i].n; }'
    + '    }'
    + '    parentPort.postMessage({ sum: sum, list: job.list });'
    + '});';
const worker = new Worker(CODE, { eval: true, name: 'summer' });
const list = [];
for (let i = 0; i < 2000; i++) {
    list.push({ n: i, text: 'a text of some length ' + i });
}

function send() {
    const isLong = process.argv[2] === 'long' || fs.existsSync(process.argv[2]);
    worker.postMessage({ rounds: isLong ? 200 : 0, list: list });
}

worker.on('message', send);
send();
