// Runs published code listings, unmodified, on isorun and on Node, and compares what both print and how
// they end. What a fragment needs around it stands in listing-table.mjs.
//
//   node tests/tools/listings.mjs DIRECTORY [ISORUN]
//   node tests/tools/listings.mjs DIRECTORY --agent AGENT     Node with the agent beside Node without it
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { layOut, listings, normal } from './listing-table.mjs';

const [directory, isorun = 'build/bin/isorun', agent] = process.argv.slice(2);
const ourCommand = isorun === '--agent' ? ['node', '--require', resolve(agent), '--expose-gc'] :
    [resolve(isorun), '--collector', 'none', '--expose-gc'];
if (!directory) {
    console.error('usage: listings.mjs DIRECTORY [ISORUN]');
    process.exit(2);
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
    const script = layOut(directory, name, dir);
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
