// Runs published code listings, unmodified, on isorun and on Node, and compares what both print and how
// they end. Listings are fragments: what a fragment expects around it (a worker it talks to, a file it
// starts) is put around it here, in files of their own.
//
//   node tests/tools/listings.mjs DIRECTORY [ISORUN]
//   node tests/tools/listings.mjs DIRECTORY --agent AGENT     Node with the agent beside Node without it
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [directory, isorun = 'build/bin/isorun', agent] = process.argv.slice(2);
const ourCommand = isorun === '--agent' ? ['node', '--require', resolve(agent), '--expose-gc'] :
    [resolve(isorun), '--collector', 'none', '--expose-gc'];
if (!directory) {
    console.error('usage: listings.mjs DIRECTORY [ISORUN]');
    process.exit(2);
}

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

/* files: written beside listing.js; start: the program, listing.js itself when absent; seconds: it does
 * not end by itself and is looked at after so long; node: it needs what only Node has. */
const listings = {
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
    '003_015': { node: 'Express' },
    '003_016a': { start: starts("w.on('message', (m) => { console.log(m); w.terminate(); }); w.postMessage({ size: 1000 });") },
    '003_016b': { node: 'Express' },
    '003_017': {},
    '003_018': {},
    '003_019': { files: { 'partner.js': echo }, start: withWorker + 'globalThis.sharedBuffer = new SharedArrayBuffer(4);' + run, seconds: 1 },
    '003_020': { start: 'globalThis.sharedArray = new Int32Array(new SharedArrayBuffer(4));' + run + 'console.log(sharedArray[0]);' },
    '003_021': { files: { 'partner.js': '' }, start: withWorker + 'globalThis.sharedArray = new Int32Array(1); worker.ref();' + run },
    '003_023': { node: 'Express' },
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
function normal(text) {
    return text.replace(/\d+(\.\d+)?m?s\b/g, 'TIME').replace(/Final count: \d+/g, 'Final count: N')
        .replace(/(external delta \(MB\): )[\d.]+/, (_, words) => words + 'N');
}

function execute(program, args, cwd, seconds) {
    return new Promise((done) => {
        const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
        let stdout = '', stderr = '';
        child.stdout.on('data', (data) => { stdout += data; });
        child.stderr.on('data', (data) => { stderr += data; });
        const timer = setTimeout(() => child.kill('SIGKILL'), (seconds ?? 20) * 1000);
        child.on('close', (code, signal) => {
            clearTimeout(timer);
            const thrown = /^(\w*Error)\b/m.exec(stderr);
            done({ end: String(signal ?? code), stdout: normal(stdout), thrown: thrown ? thrown[1] : '', stderr });
        });
    });
}

async function compare(name, listing) {
    const dir = mkdtempSync(join(tmpdir(), 'isoscope-listing.'));
    copyFileSync(join(directory, `${name}.js`), join(dir, 'listing.js'));
    const files = { ...listing.files, ...(listing.start ? { 'start.js': listing.start } : {}) };
    for (const [file, text] of Object.entries(files)) {
        writeFileSync(join(dir, file), text);
    }
    const script = listing.start ? 'start.js' : 'listing.js';
    const [ours, node] = await Promise.all([
        execute(ourCommand[0], [...ourCommand.slice(1), script], dir, listing.seconds),
        execute('node', ['--expose-gc', script], dir, listing.seconds)]);
    rmSync(dir, { recursive: true, force: true });
    const same = ['end', 'stdout', 'thrown'].every((key) => ours[key] === node[key]);
    return { same, ours, node };
}

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const file of readdirSync(directory).filter((each) => each.endsWith('.js')).sort()) {
    const name = file.slice(0, -3);
    const listing = listings[name];
    if (!listing || listing.node) {
        counts.skipped++;
        console.log(`  skipped ${name}: ${listing ? `needs ${listing.node}` : 'not known'}`);
        continue;
    }
    const { same, ours, node } = await compare(name, listing);
    counts[same ? 'passed' : 'failed']++;
    const how = ours.thrown ? `${ours.thrown}, as on Node` : ours.end === 'SIGKILL' ? 'runs on' : `exit ${ours.end}`;
    console.log(same ? `  ok      ${name}: ${how}` : `  FAILED  ${name}\n    ours   ${JSON.stringify(ours)}\n    node   ${JSON.stringify(node)}`);
}
console.log(`listings: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;
