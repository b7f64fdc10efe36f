// Runs tests/js/NNN-behaviour.js, each in the main isolate and in a worker, and prints what failed.
//
//   node tests/run-js.mjs RUNTIME [NNN...]     RUNTIME: path of isorun, or `node` to prove the tests
//   JS_MODES=main                              in the main isolate alone, or worker
//
// A test passes when its exit code is 0 (or that of "// exit: N"), its stdout is NNN-behaviour.out
// where such a file exists, and its stderr matches "// stderr: REGEXP" (all directives: js-tests.mjs).
import { SECONDS, allRuns, firstDifference, isNode, loadTests, runTest, twoAtATime } from './js-tests.mjs';

const [runtime, ...only] = process.argv.slice(2);
if (!runtime) {
    console.error('usage: run-js.mjs RUNTIME [NNN...]');
    process.exit(2);
}

function judge(test, result) {
    const wanted = Number(test.directives.exit ?? 0);
    const stderr = test.directives.stderr ?? (isNode(runtime) ? null : test.directives['isorun stderr']);
    if (result.late) {
        return `not done after ${SECONDS} s`;
    }
    if (result.code !== wanted) {
        return `exit ${result.code}, expected ${wanted}\n${result.stderr}`;
    }
    if (test.stdout !== null && result.stdout !== test.stdout) {
        return firstDifference(result.stdout, test.stdout);
    }
    if (stderr && !new RegExp(stderr).test(result.stderr)) {
        return `stderr does not match /${stderr}/:\n${result.stderr}`;
    }
    return null;
}

const counts = { passed: 0, failed: 0, skipped: 0 };

async function runMode(test, mode) {
    const reason = (isNode(runtime) && test.directives['isorun only']) ||
        (mode === 'worker' && test.directives['main only']);
    const name = `${test.name} (${mode})`;
    if (reason) {
        counts.skipped++;
        console.log(`  skipped ${name}: ${reason}`);
        return;
    }
    const failure = judge(test, await runTest(runtime, test, mode));
    if (failure) {
        counts.failed++;
        console.log(`  FAILED  ${name}: ${failure.trimEnd().split('\n').join('\n          ')}`);
    } else {
        counts.passed++;
    }
}

await twoAtATime(allRuns(loadTests(only)), runMode);
console.log(`js: ${counts.passed} passed, ${counts.failed} failed` +
    (counts.skipped ? `, ${counts.skipped} skipped` : ''));
process.exitCode = counts.failed || counts.passed === 0 ? 1 : 0;
