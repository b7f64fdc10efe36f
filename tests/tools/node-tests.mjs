// Runs tests of Node's own suite under a runtime and prints, by class, how many pass and what the
// others say.
//
//   node tests/tools/node-tests.mjs RUNTIME CHECKOUT LIST [NAME...]
//
// CHECKOUT is a work tree, or a git directory, of a copy of Node's test folder; nothing of it is kept.
// LIST has lines of tab-separated class, split, origin, baseline, path, why, flags.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const SECONDS = 30;
const [program, checkout, list, ...only] = process.argv.slice(2);
if (!list) {
    console.error('usage: node-tests.mjs RUNTIME CHECKOUT LIST [NAME...]');
    process.exit(2);
}
// run elsewhere: a path, but not a name of the PATH, is taken from here
const runtime = program.includes('/') ? resolve(program) : program;
const here = dirname(fileURLToPath(import.meta.url));
const tests = readFileSync(list, 'utf8').split('\n').filter((line) => line && line[0] !== '#')
    .map((line) => line.split('\t')).map(([kind, , , , path, why, flags]) => ({ kind, path, why, flags }))
    .filter((test) => only.length === 0 || only.some((name) => test.path.includes(name)));

const folder = mkdtempSync(join(tmpdir(), 'node-tests-'));
if (existsSync(join(checkout, 'HEAD'))) {
    const fixtures = execFileSync('git', ['--git-dir', checkout, 'ls-tree', '--name-only', 'HEAD', 'test/fixtures/'],
        { encoding: 'utf8' }).split('\n').filter((path) => /\/worker-[^/]*$/.test(path)); // not the folders: large
    execFileSync('sh', ['-c', 'git --git-dir "$0" archive HEAD "$@" | tar -x', checkout, 'test/common',
        ...fixtures, ...tests.map((test) => test.path)],
    { cwd: folder });
} else {
    for (const part of ['parallel', 'common', 'fixtures']) {
        cpSync(join(checkout, 'test', part), join(folder, 'test', part), { recursive: true });
    }
}
mkdirSync(join(folder, 'test', 'common'), { recursive: true });
writeFileSync(join(folder, 'test/common/index.js'), readFileSync(join(here, 'node-common.js')));

function run(test) {
    const args = runtime.endsWith('node') ? [] : ['--collector', 'none'];
    if (test.flags.includes('--expose-gc')) {
        args.push('--expose-gc');
    }
    return new Promise((resolve) => {
        const child = spawn(runtime, [...args, join(folder, test.path)], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
        let text = '';
        child.stdout.on('data', (data) => { text += data; });
        child.stderr.on('data', (data) => { text += data; });
        const timer = setTimeout(() => child.kill('SIGKILL'), SECONDS * 1000);
        child.on('close', (code, signal) => {
            clearTimeout(timer);
            resolve({ ...test, isPassed: code === 0, code: code ?? signal, text });
        });
    });
}

function reason(result) {
    const line = result.text.split('\n').find((one) => /(Error|mustCall|Exception)/.test(one)) ??
        result.text.trim().split('\n').pop();
    return `${result.code}: ${(line ?? '').trim().slice(0, 160)}`;
}

const results = [];
const queue = [...tests];
async function take() {
    while (queue.length > 0) {
        results.push(await run(queue.shift()));
    }
}
await Promise.all([take(), take()]);
rmSync(folder, { recursive: true, force: true });
for (const kind of [...new Set(tests.map((test) => test.kind))].sort()) {
    const of = results.filter((result) => result.kind === kind);
    console.log(`class ${kind}: ${of.filter((result) => result.isPassed).length} of ${of.length} pass`);
    for (const result of of.filter((one) => !one.isPassed).sort((a, b) => (a.path < b.path ? -1 : 1))) {
        console.log(`  ${result.path.replace('test/parallel/', '')}  ${reason(result)}`);
    }
}
