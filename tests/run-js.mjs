// Runs tests/js/NNN-behaviour.js, each in the main isolate and in a worker, and prints what failed.
//
//   node tests/run-js.mjs RUNTIME [NNN...]     RUNTIME: path of isorun, or `node` to prove the tests
//   JS_MODES=main                              in the main isolate alone, or worker
//
// A test passes when its exit code is 0 (or that of "// exit: N"), its stdout is NNN-behaviour.out
// where such a file exists, and its stderr matches "// stderr: REGEXP". Further directives, one per
// comment line at the top: "// flags: --x" for the runtime, "// main only: WHY", "// isorun only: WHY".
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { dirname, join, basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const SECONDS = 60;
const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, 'js');
const cache = join(here, '../build/cache'); // not the user's own
const [runtime, ...only] = process.argv.slice(2);
if (!runtime) {
    console.error('usage: run-js.mjs RUNTIME [NNN...]');
    process.exit(2);
}
const isNode = basename(runtime) === 'node';

function directives(text) {
    const found = {};
    for (const line of text.split('\n')) {
        const match = /^\/\/ (exit|stderr|flags|main only|isorun only): (.*)$/.exec(line);
        if (match) {
            found[match[1]] = match[2];
        } else if (!line.startsWith('//')) {
            break;
        }
    }
    return found;
}

function run(args) {
    return new Promise((resolve) => {
        const child = spawn(runtime, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder,
            env: { ...process.env, ISORUN_TEST: 'yes', XDG_CACHE_HOME: cache } });
        const result = { stdout: '', stderr: '', code: null };
        child.stdout.setEncoding('utf8').on('data', (text) => { result.stdout += text; });
        child.stderr.setEncoding('utf8').on('data', (text) => { result.stderr += text; });
        const timer = setTimeout(() => {
            result.late = true;
            child.kill('SIGKILL');
        }, SECONDS * 1000);
        child.on('error', (error) => { result.stderr += error.message; });
        child.on('close', (code, signal) => {
            clearTimeout(timer);
            resolve({ ...result, code: code ?? signal });
        });
    });
}

function firstDifference(actual, expected) {
    const a = actual.split('\n');
    const b = expected.split('\n');
    const line = b.findIndex((text, index) => text !== a[index]);
    const at = line < 0 ? b.length : line;
    return `stdout line ${at + 1}: ${JSON.stringify(a[at])}, expected ${JSON.stringify(b[at])}`;
}

function judge(test, result) {
    const wanted = Number(test.directives.exit ?? 0);
    if (result.late) {
        return `not done after ${SECONDS} s`;
    }
    if (result.code !== wanted) {
        return `exit ${result.code}, expected ${wanted}\n${result.stderr}`;
    }
    if (test.stdout !== null && result.stdout !== test.stdout) {
        return firstDifference(result.stdout, test.stdout);
    }
    if (test.directives.stderr && !new RegExp(test.directives.stderr).test(result.stderr)) {
        return `stderr does not match /${test.directives.stderr}/:\n${result.stderr}`;
    }
    return null;
}

function load(file) {
    const path = join(folder, file);
    const golden = path.replace(/\.js$/, '.out');
    return { name: basename(file, '.js'), path, directives: directives(readFileSync(path, 'utf8')),
        stdout: existsSync(golden) ? readFileSync(golden, 'utf8') : null };
}

const counts = { passed: 0, failed: 0, skipped: 0 };

async function runMode(test, mode) {
    const reason = (isNode && test.directives['isorun only']) ||
        (mode === 'worker' && test.directives['main only']);
    const name = `${test.name} (${mode})`;
    if (reason) {
        counts.skipped++;
        console.log(`  skipped ${name}: ${reason}`);
        return;
    }
    const flags = (test.directives.flags ?? '').split(' ').filter(Boolean);
    const args = [...(isNode ? [] : ['--collector', 'none']), ...flags];
    const script = mode === 'main' ? [test.path] : [join(folder, 'fixtures/in-worker.js'), test.path];
    const failure = judge(test, await run([...args, ...script]));
    if (failure) {
        counts.failed++;
        console.log(`  FAILED  ${name}: ${failure.trimEnd().split('\n').join('\n          ')}`);
    } else {
        counts.passed++;
    }
}

const tests = readdirSync(folder).filter((file) => /^\d{3}-.*\.js$/.test(file))
    .filter((file) => only.length === 0 || only.some((part) => file.includes(part))).sort().map(load);
const modes = (process.env.JS_MODES || 'main worker').split(' ');
const work = tests.flatMap((test) => modes.map((mode) => [test, mode]));

async function take() {
    while (work.length > 0) {
        await runMode(...work.shift());
    }
}
await Promise.all([take(), take()]);
console.log(`js: ${counts.passed} passed, ${counts.failed} failed` +
    (counts.skipped ? `, ${counts.skipped} skipped` : ''));
process.exitCode = counts.failed || counts.passed === 0 ? 1 : 0;
