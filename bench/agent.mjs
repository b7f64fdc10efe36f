// What the agent costs: the same programs under Node with it, with a collector attached, and without, in
// turns. One JSON line: microseconds of a round trip to a worker, requests a second of an HTTP server whose
// answers come from worker threads, the processor time of each, and the ratios.   usage: agent.mjs BINDIR [ROUNDS]
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [bin, rounds = '5'] = process.argv.slice(2);
const agent = resolve('agent/node');
const dir = mkdtempSync(join(tmpdir(), 'isoscope-bench.'));
const socket = join(dir, 'collector.sock');

const programs = {
    trips: `const { Worker, isMainThread, parentPort } = require('worker_threads');
        if (!isMainThread) { parentPort.on('message', (m) => parentPort.postMessage(m)); return; }
        const worker = new Worker(__filename), text = 'x'.repeat(1024), all = 40000;
        let left = all, start, cpu;
        const tell = (figure, count) => {
            const { user, system } = process.cpuUsage(cpu);
            console.log(JSON.stringify([figure, (user + system) / count]));
        };
        worker.on('message', () => {
            if (left === all) { start = process.hrtime.bigint(); cpu = process.cpuUsage(); }
            if (--left > 0) { worker.postMessage(text); return; }
            tell(Number(process.hrtime.bigint() - start) / 1e3 / (all - 1), all - 1);
            process.exit();
        });
        worker.postMessage(text);`,
    server: `const { Worker, isMainThread, parentPort } = require('worker_threads');
        if (!isMainThread) {
            parentPort.on('message', ({ id, n }) => {
                const list = Array.from({ length: n }, (_, i) => ({ i, text: 'item ' + i }));
                parentPort.postMessage({ id, text: JSON.stringify(list) });
            });
            return;
        }
        const http = require('http'), waiting = new Map(), all = 12000, clients = 8;
        const workers = [0, 1].map(() => new Worker(__filename));
        let id = 0, done = 0, start, cpu;
        const tell = (figure, count) => {
            const { user, system } = process.cpuUsage(cpu);
            console.log(JSON.stringify([figure, (user + system) / count]));
        };
        for (const worker of workers) {
            worker.on('message', (m) => { waiting.get(m.id).end(m.text); waiting.delete(m.id); });
        }
        const server = http.createServer((request, response) => {
            waiting.set(++id, response);
            workers[id % 2].postMessage({ id, n: 50 });
        }).listen(0, '127.0.0.1', () => {
            const agent = new http.Agent({ keepAlive: true, maxSockets: clients });
            const next = () => http.get({ port: server.address().port, host: '127.0.0.1', agent }, (answer) => {
                answer.resume().on('end', () => {
                    if (++done === 2000) { start = process.hrtime.bigint(); cpu = process.cpuUsage(); }
                    if (done === all) {
                        tell((all - 2000) / (Number(process.hrtime.bigint() - start) / 1e9), all - 2000);
                        process.exit();
                    }
                    next();
                });
            });
            for (let i = 0; i < clients; i++) { next(); }
        });`,
};

function once(file, args) {
    const { stdout, stderr, status } = spawnSync(process.execPath, [...args, file],
        { encoding: 'utf8', timeout: 120e3, env: { ...process.env, ISOSCOPE_SOCKET: socket } });
    if (status !== 0) {
        throw new Error(`exit ${status}: ${stderr}`);
    }
    return JSON.parse(stdout);
}

const collector = spawn(join(bin, 'isoscoped'),
    ['--listen', '127.0.0.1:0', '--socket', socket, '--state', join(dir, 'state')], { stdio: 'ignore' });
const seen = { trips: { watched: [], alone: [] }, server: { watched: [], alone: [] } };
await new Promise((done) => setTimeout(done, 500));
try {
    for (let i = 0; i < Number(rounds); i++) {
        for (const name of Object.keys(programs)) {
            const file = join(dir, `${name}.js`);
            writeFileSync(file, programs[name]);
            seen[name].watched.push(once(file, ['--require', agent]));
            seen[name].alone.push(once(file, []));
        }
    }
} finally {
    collector.kill();
    rmSync(dir, { recursive: true, force: true });
}
const best = { trips: Math.min, server: Math.max };
const figure = (name, side) => +best[name](...seen[name][side].map(([value]) => value)).toFixed(2);
const cpu = (name, side) => +Math.min(...seen[name][side].map(([, value]) => value)).toFixed(2);
const row = (name) => ({
    watched: figure(name, 'watched'), alone: figure(name, 'alone'),
    ratio: +(figure(name, 'watched') / figure(name, 'alone')).toFixed(3),
    cpu_us: { watched: cpu(name, 'watched'), alone: cpu(name, 'alone'),
        ratio: +(cpu(name, 'watched') / cpu(name, 'alone')).toFixed(3) },
});
console.log(JSON.stringify({ bench: 'agent', round_trip_us: row('trips'), requests_per_second: row('server'),
    rounds: Number(rounds) }));
