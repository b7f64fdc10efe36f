// What probes cost the program they look into: round trips between two threads of Node.js with and
// without isoprobe, in turns, and what isoprobe itself takes. One JSON line each; ratio_cpu, of the CPU
// time of both threads, is what holds on a machine that does other things too.
// usage: node bench/probes.mjs [ROUNDS]    root; needs build/bin
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const bin = resolve(process.env.ISOSCOPE_BIN ?? 'build/bin');
const rounds = Number(process.argv[2] ?? 5);
const sizes = [[1000, 20000], [100000, 8000], [1000000, 400]];

const check = spawnSync(join(bin, 'isoprobe'), ['--check'], { encoding: 'utf8' });
if (check.status !== 0) {
    console.log(JSON.stringify({ bench: 'probes', skipped: check.stderr?.trim() ?? 'isoprobe was not built' }));
    process.exit(0);
}

const program = spawn(process.execPath, [resolve('bench/round_trips.js')], { stdio: ['pipe', 'pipe', 'inherit'] });
const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
const run = async (size, count) => {
    program.stdin.write(`${size} ${count}\n`);
    const [seconds, busy] = (await lines.next()).value.split(' ').map(Number);
    return { seconds: seconds / count, cpu: busy / count };
};

/** isoprobe in the program, once it says that it is ready. */
function attach() {
    const probe = spawn(join(bin, 'isoprobe'), ['--collector', '/nonexistent', '--log-level', 'info', String(program.pid)],
        { stdio: ['ignore', 'ignore', 'pipe'] });
    return new Promise((done, fail) => {
        probe.on('exit', (code) => fail(new Error(`isoprobe ended: ${code}`)));
        probe.stderr.on('data', (data) => /ready/.test(data) && done(probe));
    });
}

const cpuSeconds = (pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
};
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const times = new Map(sizes.map(([size]) => [size, { without: [], with: [] }]));
let events = 0, wall = 0, cpu = 0;

for (const [size, count] of sizes) {
    await run(size, count >> 2); // warm
}
for (let round = 0; round < rounds; round++) {
    for (const [size, count] of sizes) {
        times.get(size).without.push(await run(size, count));
    }
    const probe = await attach();
    const [before, start] = [cpuSeconds(probe.pid), Date.now()];
    for (const [size, count] of sizes) {
        times.get(size).with.push(await run(size, count));
        events += 4 * count;
    }
    cpu += cpuSeconds(probe.pid) - before;
    wall += (Date.now() - start) / 1000;
    const over = new Promise((done) => { probe.removeAllListeners('exit'); probe.on('exit', done); });
    probe.kill('SIGTERM');
    await over;
}
for (const [size] of sizes) {
    const { without, with: probed } = times.get(size);
    const of = (list, what) => median(list.map((one) => one[what]));
    const ratio = (what) => +median(without.map((one, i) => probed[i][what] / one[what])).toFixed(3);
    console.log(JSON.stringify({
        bench: 'probes', bytes: size, without_us: +(of(without, 'seconds') * 1e6).toFixed(1),
        with_us: +(of(probed, 'seconds') * 1e6).toFixed(1), ratio: ratio('seconds'),
        ratio_cpu: ratio('cpu'),
    }));
}
console.log(JSON.stringify({
    bench: 'isoprobe', events_per_second: Math.round(events / wall), cpu_share: +(cpu / wall).toFixed(4),
    cpu_us_per_event: +(cpu * 1e6 / events).toFixed(2),
}));
program.stdin.end();
