// What being watched costs: the same program (load.js) with a collector attached and with
// --collector none, in turns; one JSON line with both and the ratio (watched / alone).
// usage: watched.mjs BINDIR [ROUNDS]
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [bin, rounds = '5'] = process.argv.slice(2);
const dir = mkdtempSync(join(tmpdir(), 'isoscope-bench.'));
const socket = join(dir, 'collector.sock');
const collector = spawn(join(bin, 'isoscoped'),
    ['--listen', '127.0.0.1:0', '--socket', socket, '--state', join(dir, 'state')],
    { stdio: 'ignore' });
const times = { watched: [], alone: [] };

function once(name, where) {
    const { stdout, status, stderr } = spawnSync('taskset',
        ['-c', '0,1', join(bin, 'isorun'), '--collector', where, 'bench/load.js'],
        { encoding: 'utf8', timeout: 120e3 });
    if (status !== 0) {
        throw new Error(`load.js with --collector ${where}: exit ${status}: ${stderr}`);
    }
    times[name].push(JSON.parse(stdout).us_per_message);
}

await new Promise((resolve) => setTimeout(resolve, 500));
try {
    if (collector.exitCode !== null) {
        throw new Error('the collector did not start');
    }
    for (let i = 0; i < Number(rounds); i++) {
        once('watched', socket);
        once('alone', 'none');
    }
} finally {
    collector.kill();
    rmSync(dir, { recursive: true, force: true });
}
const best = (list) => Math.min(...list);
console.log(JSON.stringify({
    bench: 'watched', figure: 'us_per_message', watched: best(times.watched),
    alone: best(times.alone), ratio: +(best(times.watched) / best(times.alone)).toFixed(3),
    rounds: Number(rounds),
}));
