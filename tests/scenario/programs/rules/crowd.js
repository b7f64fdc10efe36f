// Four workers that compute without end, until the file named by the argument is there: then three of
// them sleep in Atomics.wait, as with the argument 'parked' from the start.
const fs = require('fs');
const { Worker } = require('worker_threads');

const CODE = "const { workerData } = require('worker_threads');"
    + 'for (;;) {'
    + '    if (Atomics.load(workerData.words, 0) === 1 && workerData.number > 0) {'
    + '        Atomics.wait(workerData.words, 0, 1);'
    + '    }'
    + '}';
const words = new Int32Array(new SharedArrayBuffer(4));
words[0] = process.argv[2] === 'parked' ? 1 : 0;
for (let number = 0; number < 4; number++) {
    new Worker(CODE, { eval: true, name: 'computer-' + number, workerData: { words: words, number: number } });
}
setInterval(() => {
    if (words[0] === 0 && fs.existsSync(process.argv[2])) {
        Atomics.store(words, 0, 1);
    }
}, 100);
