// Runs one benchmark on isorun and on Node in turns, pinned alike, and prints one JSON line per result
// with both figures and the ratio (isorun / node; below 1 isorun is ahead). The best of the rounds
// counts on both sides: on a shared machine the minimum is what the code costs.
// usage: compare.mjs ISORUN SCRIPT [ROUNDS] [ARG...]
import { spawnSync } from 'node:child_process';

const [isorun, script, rounds = '3', ...args] = process.argv.slice(2);
const pin = spawnSync('taskset', ['-c', '0,1', 'true']).status === 0 ? ['taskset', '-c', '0,1'] : [];
const best = new Map(); // "bench kind size" -> { node: {...}, isorun: {...} }

function run(command) {
    const [file, ...rest] = [...pin, ...command, script, ...args];
    const { stdout, stderr, status } = spawnSync(file, rest, { encoding: 'utf8', timeout: 300e3 });
    if (status !== 0) {
        console.error(`${command.join(' ')} ${script}: exit ${status}\n${stderr}`);
        process.exit(1);
    }
    for (const line of stdout.split('\n').filter((l) => l.startsWith('{'))) {
        const { runtime, bench, kind, size, ...figures } = JSON.parse(line);
        const key = JSON.stringify({ bench, kind, size });
        const entry = best.get(key) ?? {};
        entry[runtime] ??= figures;
        for (const [name, value] of Object.entries(figures)) {
            entry[runtime][name] = Math.min(entry[runtime][name], value);
        }
        best.set(key, entry);
    }
}

for (let round = 0; round < Number(rounds); round++) {
    run(['node']);
    run([isorun, '--collector', 'none']);
}
for (const [key, { node, isorun: ours }] of best) {
    const figure = Object.keys(ours).find((name) => /^(p50_us|kb_per_worker|us_per_message|us_per_task|us_per_await)$/.test(name));
    console.log(JSON.stringify({
        ...JSON.parse(key), figure, isorun: ours[figure], node: node[figure],
        ratio: +(ours[figure] / node[figure]).toFixed(3), rounds: Number(rounds),
        ...(ours.blocked_p50_us !== undefined && {
            blocked_isorun: ours.blocked_p50_us, blocked_node: node.blocked_p50_us,
        }),
    }));
}
