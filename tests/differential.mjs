// Runs the programs in tests/js on Node and on isorun and compares what they print, byte for byte, and
// their exit codes. Those that Node cannot run say why ("// isorun only: WHY") and are listed.
//
//   node tests/differential.mjs ISORUN [NNN...]
import { allRuns, firstDifference, loadTests, runTest, twoAtATime } from './js-tests.mjs';

const AT_LEAST = 40; // programs that print something, when all are asked for
const [isorun, ...only] = process.argv.slice(2);
if (!isorun) {
    console.error('usage: differential.mjs ISORUN [NNN...]');
    process.exit(2);
}

function difference(node, ours) {
    if (node.late || ours.late) {
        return `not done in time: ${node.late ? 'Node' : 'isorun'}`;
    }
    if (ours.code !== node.code) {
        return `exit ${ours.code}, Node's is ${node.code}\n${ours.stderr}${node.stderr}`;
    }
    return ours.stdout === node.stdout ? null : firstDifference(ours.stdout, node.stdout);
}

const printing = new Set();
const counts = { runs: 0, lines: 0, different: 0 };

async function compare(test, mode) {
    const [node, ours] = [await runTest('node', test, mode), await runTest(isorun, test, mode)];
    const found = difference(node, ours);
    counts.runs++;
    counts.lines += node.stdout.split('\n').length - 1;
    if (node.stdout !== '') {
        printing.add(test.name);
    }
    if (found !== null) {
        counts.different++;
        console.log(`  DIFFERS ${test.name} (${mode}): ${found.trimEnd().split('\n').join('\n          ')}`);
    }
}

const tests = loadTests(only);
const compared = tests.filter((test) => !test.directives['isorun only']);
for (const test of tests.filter((one) => one.directives['isorun only'])) {
    console.log(`  left out ${test.name}: ${test.directives['isorun only']}`);
}
await twoAtATime(
    allRuns(compared).filter(([test, mode]) => mode === 'main' || !test.directives['main only']), compare);
console.log(`differential: ${compared.length} programs, ${printing.size} of them print, ` +
    `${counts.runs} runs on each, ${counts.lines} lines, ${counts.different} differ`);
process.exitCode = counts.different > 0 || (only.length === 0 && printing.size < AT_LEAST) ? 1 : 0;
