// Published code listings and what each needs around it. Listings are fragments: what a fragment expects (a
// worker it talks to, a file it starts, requests) is put around it here, in files of their own; the listing
// itself is copied as it is from the directory that is given.
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const echo = "const t = require('worker_threads'); t.parentPort.on('message', (m) => t.parentPort.postMessage(m));";
const starts = (file, data) => `const { Worker } = require('worker_threads');
const w = new Worker(require('path').join(__dirname, 'listing.js'), { workerData: ${data ?? 'null'} });
${file}`;
const withWorker = `const { Worker } = require('worker_threads');
globalThis.Worker = Worker;
globalThis.worker = new Worker(require('path').join(__dirname, 'partner.js'));
worker.unref();
`;
const run = "require('./listing.js');";

/* Servers listen on a port of their own, which they tell; sorting 40 million numbers takes minutes and
 * gigabytes, and shows nothing that 100,000 do not. */
const listen = `const { Server } = require('net'), { listen } = Server.prototype;
Server.prototype.listen = function (port, ...rest) {
    this.once('listening', () => require('fs').writeFileSync('port', String(this.address().port)));
    return listen.call(this, 0, '127.0.0.1', ...rest);
};
`;
const fewer = `const { from } = Array;
Array.from = (what, ...rest) => from(what && what.length > 1e5 ? { length: 1e5 } : what, ...rest);
`;

/* files: written beside listing.js; start: the program, listing.js itself when absent; seconds: it does
 * not end by itself and is looked at after so long; node: it needs what only Node has; requests: it is a
 * server, which is asked these; beside: other listings that it needs. */
export const listings = {
    '000_001': { files: { 'job.js': echo }, seconds: 1 },
    '000_002': { start: starts("w.on('message', (m) => { console.log(m.type, typeof m.usedMb); w.terminate(); }); w.postMessage('report-heap');") },
    '000_003': { files: { 'consumer.js': echo }, seconds: 1 },
    '000_004': { files: { 'writer.js': "require('worker_threads').parentPort.once('message', ({ shared }) => { const v = new Int32Array(shared); Atomics.store(v, 0, 7); Atomics.notify(v, 0); });" } },
    '001_005': { files: { 'reader.js': "require('worker_threads').parentPort.once('message', ({ shared }) => console.log(new Float64Array(shared)[0]));" } },
    '001_006': { start: starts("const s = new SharedArrayBuffer(8); new Int32Array(s)[0] = 3; w.on('error', (e) => console.log(e.name, e.message)); w.postMessage({ shared: s });") },
    '001_007': {},
    '002_008': {},
    '002_010': { files: { 'partner.js': echo }, start: withWorker + run },
    '002_011': { files: { 'partner.js': echo }, start: withWorker + "globalThis.chunks = [1, 2]; worker.ref(); worker.once('message', (m) => { console.log(m); worker.terminate(); });" + run },
    '002_012': { start: withWorker + run, files: { 'partner.js': echo } },
    '002_013': { start: 'globalThis.readSharedResult = (s) => new Int32Array(s)[0];' + run },
    '002_014a': { start: starts("w.on('message', (m) => { console.log(m.type, m.workerId, typeof m.fragRatio); w.terminate(); });", '{ id: 4 }') },
    '003_015': { node: 'Express', start: listen + fewer + run, requests: ['/light', '/heavy', '/light'] },
    '003_016a': { start: starts("w.on('message', (m) => { console.log(m); w.terminate(); }); w.postMessage({ size: 1000 });") },
    '003_016b': { node: 'Express', start: listen + run, requests: ['/light', '/heavy', '/heavy', '/light'],
        files: { 'worker.js': `${fewer}require('./003_016a.js');` }, beside: ['003_016a'] },
    '003_017': {},
    '003_018': {},
    '003_019': { files: { 'partner.js': echo }, start: withWorker + 'globalThis.sharedBuffer = new SharedArrayBuffer(4);' + run, seconds: 1 },
    '003_020': { start: 'globalThis.sharedArray = new Int32Array(new SharedArrayBuffer(4));' + run + 'console.log(sharedArray[0]);' },
    '003_021': { files: { 'partner.js': '' }, start: withWorker + 'globalThis.sharedArray = new Int32Array(1); worker.ref();' + run },
    '003_023': { node: 'Express', start: listen + run, requests: ['/heavy', '/heavy', '/heavy'], files: { 'worker-pool-logic.js':
        'module.exports = ({ size }) => ({ length: Array.from({ length: size / 100 }, () => Math.random()).sort().length });' } },
    '003_024': { start: 'globalThis.Piscina = class { constructor(o) { console.log(o.minThreads, o.maxThreads); } }; globalThis.path = require("path");' + run },
    '004_025': {},
    '004_026': {},
    '004_027a': { files: { 'fib-worker.js': "const t = require('worker_threads'); t.parentPort.postMessage(t.workerData.n);" } },
    '004_027b': { start: starts("w.on('message', (m) => console.log(m));", '{ n: 20 }') },
    '004_028': { files: { 'processor.js': 'require("./listing.js");', 'partner.js': echo }, start: 'globalThis.largeArray = new Array(1000).fill(1);' + run },
    '004_029': { files: { 'partner.js': echo }, start: withWorker + run },
    '004_030': { files: { 'counter-worker.js': "require('worker_threads').parentPort.once('message', ({ shared }) => { const v = new Int32Array(shared); for (let i = 0; i < 1000; i++) { Atomics.add(v, 0, 1); } Atomics.notify(v, 0); });" }, seconds: 2 },
    '004_031a': {},
    '004_032': {},
    '004_033': { start: 'globalThis.view = new Int32Array(1);' + run + 'console.log(view[0]);' },
    '004_034': { files: { 'partner.js': "const t = require('worker_threads'); t.parentPort.postMessage('shutdown'); t.parentPort.on('message', (m) => { console.log(m); process.exit(); });" }, start: withWorker + 'worker.ref(); const timer = setTimeout; globalThis.setTimeout = (f, ms) => timer(f, Math.min(ms, 200));' + run },
};

/* Times and amounts differ; so do the paths and the frames of stacks. */
export function normal(text) {
    return text.replace(/\d+(\.\d+)?m?s\b/g, 'TIME').replace(/Final count: \d+/g, 'Final count: N')
        .replace(/(external delta \(MB\): )[\d.]+/, (_, words) => words + 'N');
}

/** Puts the listing and what it needs into `dir`; the script to start. */
export function layOut(directory, name, dir) {
    const { files, start, beside = [] } = listings[name];
    copyFileSync(join(directory, `${name}.js`), join(dir, 'listing.js'));
    for (const other of beside) {
        copyFileSync(join(directory, `${other}.js`), join(dir, `${other}.js`));
    }
    for (const [file, text] of Object.entries({ ...files, ...(start ? { 'start.js': start } : {}) })) {
        writeFileSync(join(dir, file), text);
    }
    return start ? 'start.js' : 'listing.js';
}
