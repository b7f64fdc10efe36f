// Runs tests/pools/*-program.* under Node and under isorun with the published pools, and tells where
// their output differs.   usage: run.mjs ISORUN NODE_MODULES
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [isorun, modules] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const tasks = join(here, '../js/fixtures/pool');
let failed = 0;

function run(command, program) {
    const [file, ...rest] = [...command, join(here, program), modules, tasks];
    const { stdout, stderr, status } = spawnSync(file, rest, { encoding: 'utf8', timeout: 60e3 });
    return `${stdout}${status === 0 ? '' : `exit ${status}\n${stderr}`}`;
}

for (const program of readdirSync(here).filter((name) => /-program\.m?js$/.test(name)).sort()) {
    const wanted = run([process.execPath], program);
    const seen = run([isorun, '--collector', 'none'], program);
    if (seen === wanted) {
        console.log(`  ok      ${program}`);
        continue;
    }
    failed++;
    const lines = wanted.split('\n');
    const at = seen.split('\n').findIndex((line, i) => line !== lines[i]);
    console.log(`  FAILED  ${program}: line ${at + 1}: ${seen.split('\n').slice(at, at + 8).join('\n          ')}\n` +
        `          expected ${lines[at]}`);
}
process.exitCode = failed ? 1 : 0;
