// Workers that die at an allocation behind dieAt(), in each of the pieces of pieces.js in turn, one
// allocation later each time until the piece comes to its end. Run by a build that has dieAt()
// (hostile.mk): nothing may crash, every worker ends, and what it had is given back.
//
//   isorun-mortal --expose-gc mortal.js [PIECE...]      MORTAL_STEP=n: every nth allocation only;
//   MORTAL_MAPPINGS=n: so many more mappings at the end are no leak (a sanitizer keeps some for each thread)
'use strict';
const { Worker, isMainThread, workerData, parentPort } = require('worker_threads');
const fs = require('fs');
const pieces = require('./pieces');

const STEP = Number(process.env.MORTAL_STEP || 1);
const COMPLETE = 42;         // the exit code of a piece that came to its end
const LAST = 60000;          // no piece needs so many allocations
const ENDLESS = 3000;        // for pieces that end by an error
const MAPPINGS_GROWN = Number(process.env.MORTAL_MAPPINGS); // caches of threads and of the lowering

function live() {
    const { name, at } = workerData;
    parentPort.on('message', () => {});
    dieAt(at);
    pieces[name](() => { dieAt(0); process.exit(COMPLETE); });
}

const mappings = () => fs.readFileSync('/proc/self/maps', 'utf8').split('\n').length;

function run(name, at) {
    return new Promise((resolve) => {
        const buffer = new ArrayBuffer(5000);
        const worker = new Worker(__filename, { workerData: { name, at, buffer }, transferList: [buffer],
            stdout: true, stderr: true });
        worker.postMessage({ shared: new SharedArrayBuffer(32) });
        worker.on('message', () => {});
        worker.on('error', () => {});
        worker.on('exit', resolve);
    });
}

async function all(name) {
    const last = name === 'thrower' || name === 'rejecter' ? ENDLESS : LAST;
    let deaths = 0;
    let code = 1;
    for (let at = STEP; at < last && code !== COMPLETE; at += STEP) {
        code = await run(name, at);
        deaths += code !== COMPLETE;
    }
    console.log(`${name}: ${deaths} deaths, then ${code === COMPLETE ? 'whole' : 'exit ' + code}`);
    return last === ENDLESS || code === COMPLETE;
}

async function main() {
    const wanted = process.argv.slice(2);
    let isWhole = true;
    await run('post', 0);
    const before = mappings();
    for (const name of wanted.length > 0 ? wanted : Object.keys(pieces)) {
        isWhole = await all(name) && isWhole;
    }
    global.gc();
    const { arrayBuffers } = process.memoryUsage();
    const grown = mappings() - before;
    console.log(`left: array buffers ${arrayBuffers}, mappings ${grown}`);
    process.exitCode = isWhole && arrayBuffers === 0 && grown < MAPPINGS_GROWN ? 0 : 1;
}

if (isMainThread) {
    main();
} else {
    live();
}
