// Numbers to be added, each in a message of its own with always fifty on their way; from the moment on
// at which the file named by the argument is there, or with 'batched', a thousand in one message.
const fs = require('fs');
const { Worker } = require('worker_threads');

const CODE = "const { parentPort } = require('worker_threads');"
    + 'parentPort.on("message", function (numbers) {'
    + '    let sum = 0;'
    + '    for (let round = 0; round < 20; round++) {'
    + '        for (let i = 0; i < numbers.length; i++) { sum += numbers[i]; }'
    + '    }'
    + '    parentPort.postMessage(sum);'
    + '});';
const worker = new Worker(CODE, { eval: true, name: 'adder' });
const one = [1];
const many = Array.from({ length: 1000 }, (_, i) => i);
let isBatched = process.argv[2] === 'batched';
let waiting = 0;

setInterval(() => { isBatched = isBatched || fs.existsSync(process.argv[2]); }, 100);

function send() {
    for (const most = isBatched ? 2 : 50; waiting < most; waiting++) {
        worker.postMessage(isBatched ? many : one);
    }
}

worker.on('message', () => { waiting--; send(); });
send();
