// What being watched costs a published server with worker threads (tests/watched/served.js): requests
// a second under wrk with probes, with the agent and with both, relative to the same server with neither. All
// four run side by side and are asked in turns, a second each, in another order each round; ratios are medians
// of the rounds. One JSON line for Express and for Fastify; cpu_ratio is of processor time a request, which
// holds on a machine that does other things too.   usage: served.mjs BINDIR MODULES [ROUNDS]   root, needs wrk
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [bin, modules, rounds = '8'] = process.argv.slice(2);
const WAYS = ['none', 'probes', 'agent', 'both'];
const agent = resolve('agent/node'), script = resolve('tests/watched/served.js');
const dir = mkdtempSync(join(tmpdir(), 'isoscope-bench.'));
const socket = join(dir, 'collector.sock');
const children = [];

/** A child of ours, once it says `word`. */
function begin(command, args, stream, word) {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ISOSCOPE_SOCKET: socket } });
    children.push(child);
    let text = '', errors = '';
    child.stderr.on('data', (data) => { errors += data; });
    return new Promise((done, fail) => {
        child.on('exit', (code) => fail(new Error(`${command} ended: ${code} ${errors}`)));
        child[stream].on('data', (data) => {
            text += data;
            if (text.includes(word)) {
                done(text);
            }
        });
    });
}

const cannotProbe = spawnSync(join(bin, 'isoprobe'), ['--check'], { encoding: 'utf8' });
const lack = cannotProbe.status !== 0 ? cannotProbe.stderr?.trim() ?? 'isoprobe was not built' :
    spawnSync('wrk', ['--version']).error ? 'there is no wrk' : null;
if (lack) {
    console.log(JSON.stringify({ bench: 'served', skipped: lack }));
    process.exit(0);
}

async function serve(framework, way) {
    const watch = way === 'agent' || way === 'both' ? ['--require', agent] : [];
    const { port, pid } = JSON.parse(await begin(process.execPath, [...watch, script, framework, modules], 'stdout', '\n'));
    if (way === 'probes' || way === 'both') {
        await begin(join(bin, 'isoprobe'), ['--collector', socket, '--log-level', 'info', String(pid)], 'stderr', 'ready');
    }
    return { way, url: `http://127.0.0.1:${port}`, rates: [], costs: [] };
}

const cpuOf = async (server) => (await (await fetch(`${server.url}/cpu`)).json()).cpu;

async function load(server, path, seconds) {
    const before = await cpuOf(server);
    const { stdout } = spawnSync('wrk', ['-t', '1', '-c', '8', '-d', String(seconds), server.url + path], { encoding: 'utf8' });
    const [, requests] = /(\d+) requests in/.exec(stdout);
    if (/Non-2xx|Socket errors/.test(stdout)) {
        throw new Error(stdout);
    }
    return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]), cost: (await cpuOf(server) - before) / Number(requests) };
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const byWay = (servers, figure) => Object.fromEntries(servers.map((server) => [server.way, figure(server)]));

async function measure(framework, path) {
    const servers = [];
    for (const way of WAYS) {
        servers.push(await serve(framework, way));
    }
    for (const server of servers) {
        await load(server, path, 2); // warm
    }
    for (let round = 0; round < Number(rounds); round++) {
        for (let i = 0; i < servers.length; i++) {
            const server = servers[(i + round) % servers.length];
            const { rate, cost } = await load(server, path, 1);
            server.rates.push(rate);
            server.costs.push(cost);
        }
    }
    const [none] = servers;
    console.log(JSON.stringify({
        bench: 'served', framework, path, requests_per_second: byWay(servers, (one) => Math.round(median(one.rates))),
        ratio: byWay(servers, (one) => +median(one.rates.map((rate, i) => rate / none.rates[i])).toFixed(3)),
        cpu_us: byWay(servers, (one) => +(median(one.costs) * 1e6).toFixed(1)),
        cpu_ratio: byWay(servers, (one) => +median(one.costs.map((cost, i) => cost / none.costs[i])).toFixed(3)),
        rounds: Number(rounds),
    }));
}

const end = () => children.splice(0).forEach((child) => { child.removeAllListeners('exit'); child.kill(); });
try {
    for (const framework of ['express', 'fastify']) {
        begin(join(bin, 'isoscoped'), ['--listen', '127.0.0.1:0', '--socket', socket, '--state', join(dir, 'state')],
            'stderr', '\n').catch(() => {});
        await new Promise((done) => { setTimeout(done, 500); });
        await measure(framework, '/list');
        end();
    }
} finally {
    end();
    rmSync(dir, { recursive: true, force: true });
}
