// Octane's programs on isorun and on stock Duktape (Debian's `duk`) in turns, pinned alike: keeps the
// engine honest. Prints one JSON line per program; the score is higher where the engine is faster, so a
// ratio (isorun / duk) above 1 says isorun is ahead. Nothing of Octane is part of the project.
// usage: octane.mjs ISORUN OCTANE_CHECKOUT [ROUNDS]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [isorun, checkout, rounds = '2'] = process.argv.slice(2);
if (!checkout) {
    console.error('usage: octane.mjs ISORUN OCTANE_CHECKOUT [ROUNDS]');
    process.exit(2);
}
const programs = ['richards', 'deltablue', 'crypto', 'raytrace', 'earley-boyer', 'regexp', 'splay', 'navier-stokes'];
const pin = spawnSync('taskset', ['-c', '0', 'true']).status === 0 ? ['taskset', '-c', '0'] : [];
const folder = mkdtempSync(join(tmpdir(), 'octane-'));
const report = `
(function () {
    var out = typeof print === 'function' ? print : console.log;
    BenchmarkSuite.RunSuites({
        NotifyResult: function (name, result) { out('RESULT ' + name + ' ' + result); },
        NotifyError: function (name, error) { out('ERROR ' + name + ' ' + error); },
        NotifyScore: function () {}
    });
}());
`;

function scores(command, file) {
    const [program, ...rest] = [...pin, ...command, file];
    const { stdout } = spawnSync(program, rest, { encoding: 'utf8', timeout: 300e3 });
    return [...(stdout ?? '').matchAll(/^RESULT (\S+) (\S+)$/gm)].map(([, name, score]) => [name, Number(score)]);
}

for (const program of programs) {
    const file = join(folder, `${program}.js`);
    writeFileSync(file, ['base', program].map((name) => readFileSync(join(checkout, `${name}.js`), 'utf8')).join('\n') + report);
    const best = {};
    for (let round = 0; round < Number(rounds); round++) {
        for (const [who, command] of [['duk', ['duk']], ['isorun', [isorun, '--collector', 'none']]]) {
            for (const [name, score] of scores(command, file)) {
                best[name] ??= {};
                best[name][who] = Math.max(best[name][who] ?? 0, score);
            }
        }
    }
    for (const [name, { isorun: ours, duk }] of Object.entries(best)) {
        console.log(JSON.stringify({ bench: 'octane', kind: name, isorun: ours, duk, ratio: +(ours / duk).toFixed(2) }));
    }
}
rmSync(folder, { recursive: true });
