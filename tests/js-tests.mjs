// The programs in tests/js as their runners see them: what each says at its top, how one is run. Used by
// run-js.mjs, which holds them against what they shall print, and differential.mjs, against Node itself.
//
// Directives, one per comment line at the top: "// exit: N" (0 without it), "// stderr: REGEXP",
// "// isorun stderr: REGEXP" (Node says nothing there), "// flags: --x" for the runtime, "// main only: WHY",
// "// isorun only: WHY".
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { dirname, join, basename } from 'node:path';
import { fileURLToPath } from 'node:url';

export const SECONDS = 300; // for one that hangs; a sanitizer at load is slow
const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, 'js');
const cache = join(here, '../build/cache'); // not the user's own

export const isNode = (runtime) => basename(runtime) === 'node';

function directives(text) {
    const found = {};
    for (const line of text.split('\n')) {
        const match =
            /^\/\/ (exit|stderr|isorun stderr|flags|main only|isorun only): (.*)$/.exec(line);
        if (match) {
            found[match[1]] = match[2];
        } else if (!line.startsWith('//')) {
            break;
        }
    }
    return found;
}

function load(file) {
    const path = join(folder, file);
    const golden = path.replace(/\.js$/, '.out');
    return { name: basename(file, '.js'), path, directives: directives(readFileSync(path, 'utf8')),
        stdout: existsSync(golden) ? readFileSync(golden, 'utf8') : null };
}

/** The tests whose file name contains one of `only`; all of them without any. */
export function loadTests(only) {
    return readdirSync(folder).filter((file) => /^\d{3}-.*\.js$/.test(file))
        .filter((file) => only.length === 0 || only.some((part) => file.includes(part))).sort()
        .map(load);
}

/** Both ways to run each test: [test, 'main'] and [test, 'worker'], those that JS_MODES wants. */
export function allRuns(tests) {
    const modes = (process.env.JS_MODES || 'main worker').split(' ');
    return tests.flatMap((test) => modes.map((mode) => [test, mode]));
}

function spawned(runtime, args) {
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

/** Runs one test in the main isolate or in a worker: { stdout, stderr, code, late }. */
export function runTest(runtime, test, mode) {
    const flags = (test.directives.flags ?? '').split(' ').filter(Boolean);
    const args = [...(isNode(runtime) ? [] : ['--collector', 'none']), ...flags];
    const script = mode === 'main' ? [test.path] : [join(folder, 'fixtures/in-worker.js'), test.path];
    return spawned(runtime, [...args, ...script]);
}

/** Calls `one` with the elements of `work`, two at a time. */
export async function twoAtATime(work, one) {
    const left = [...work];
    async function take() {
        while (left.length > 0) {
            await one(...left.shift());
        }
    }
    await Promise.all([take(), take()]);
}

export function firstDifference(actual, expected) {
    const a = actual.split('\n');
    const b = expected.split('\n');
    const line = b.findIndex((text, index) => text !== a[index]);
    const at = line < 0 ? b.length : line;
    return `stdout line ${at + 1}: ${JSON.stringify(a[at])}, expected ${JSON.stringify(b[at])}`;
}
