// Workers that die at their first, second, third ... allocation behind dieAt(), in each of the pieces of
// pieces.js in turn. Run by a build that has dieAt() (tests/hostile/hostile.mk): nothing may crash, every
// worker must end, and what it had must be given back, which the counters here and a sanitizer tell.
//
//   isorun-mortal mortal.js [PIECE... | FROM-TO]      MORTAL_STEP=n: every nth allocation only
'use strict';
const { Worker, isMainThread, workerData, parentPort } = require('worker_threads');
const fs = require('fs');
const pieces = require('./pieces');

const COMPLETE = 42;

function live() {
    const { name, at } = workerData;
    const done = () => { dieAt(0); process.exit(COMPLETE); };
    parentPort.on('message', () => {});
    dieAt(at);
    pieces[name](done);
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
    const step = Number(process.env.MORTAL_STEP || 1);
    let deaths = 0;
    for (let at = Number(process.env.MORTAL_FROM || 1); ; at += step) {
        if (process.env.MORTAL_SAY) {
            console.log(name, at);
        }
        const code = await run(name, at);
        if (code === COMPLETE || (code !== 1 && code !== 0) || at > 60000) {
            console.log(`${name}: ${deaths} deaths up to allocation ${at}, exit ${code}`);
            return;
        }
        deaths++;
    }
}

async function main() {
    const wanted = process.argv.slice(2);
    await run('library', 0);
    const before = mappings();
    for (const name of wanted.length > 0 ? wanted : Object.keys(pieces)) {
        if (name === 'thrower' || name === 'rejecter') {
            for (let at = 1; at < 3000; at += Number(process.env.MORTAL_STEP || 1)) {
                await run(name, at);
            }
            console.log(`${name}: done`);
        } else {
            await all(name);
        }
    }
    global.gc();
    const { arrayBuffers, external } = process.memoryUsage();
    console.log('array buffers', arrayBuffers, 'external', external, 'mappings', mappings() - before);
}

if (isMainThread) {
    main();
} else {
    live();
}
