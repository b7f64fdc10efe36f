// Runs tests of piscina's and tinypool's own suites against the published libraries under a runtime,
// and prints which fail and what they say.
//
//   node tests/tools/pool-tests.mjs RUNTIME NODE_MODULES LIST PISCINA_CHECKOUT TINYPOOL_CHECKOUT [NAME...]
//
// A checkout is a work tree or a git directory; nothing of it is kept. NODE_MODULES has both libraries
// (build/npm/pools/node_modules, which `make check-pools` fills). LIST has lines of tab-separated suite,
// split, path, count, what it needs. Types are taken out by esbuild; pool-tap.js and pool-vitest.mjs
// stand for the programs that usually run the tests.
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync,
    symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const SECONDS = 60;
const [program, modules, list, piscina, tinypool, ...only] = process.argv.slice(2);
if (!tinypool) {
    console.error('usage: pool-tests.mjs RUNTIME NODE_MODULES LIST PISCINA_CHECKOUT TINYPOOL_CHECKOUT [NAME...]');
    process.exit(2);
}
// run elsewhere: a path, but not a name of the PATH, is taken from here
const runtime = program.includes('/') ? resolve(program) : program;
const here = dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pool-tests-'));
const files = readFileSync(list, 'utf8').split('\n').filter((line) => line && line[0] !== '#')
    .map((line) => line.split('\t')).map(([suite, , path, , needs]) => ({ suite, path, needs }))
    .filter((file) => only.length === 0 || only.some((name) => file.path.includes(name)));

function fill(suite, checkout) {
    const to = join(folder, suite);
    mkdirSync(to);
    if (existsSync(join(checkout, 'HEAD'))) {
        execFileSync('sh', ['-c', 'git --git-dir "$0" archive HEAD test | tar -x', checkout], { cwd: to });
    } else {
        cpSync(join(checkout, 'test'), join(to, 'test'), { recursive: true });
    }
    return to;
}

// Every .ts of a folder becomes script under the name that `rename` gives it. A BigInt literal becomes a
// call of BigInt: where there is none, the one test that has it fails and not the whole file.
function strip(from, format, rename) {
    for (const entry of readdirSync(from, { recursive: true })) {
        const path = join(from, entry);
        if (path.endsWith('.ts')) {
            const text = execFileSync('esbuild', ['--loader=ts', `--format=${format}`, '--target=es2022'],
                { input: readFileSync(path) });
            writeFileSync(path, String(text).replace(/\b(\d+)n\b/g, 'BigInt("$1")'));
            renameSync(path, rename(path));
        }
    }
}

function addPackage(to, name, file, main) {
    mkdirSync(join(to, 'node_modules', name), { recursive: true });
    copyFileSync(join(here, file), join(to, 'node_modules', name, main));
    writeFileSync(join(to, 'node_modules', name, 'package.json'), JSON.stringify({ name, main }));
}

function prepare() {
    let to = fill('piscina', piscina); // its tests are beside the library itself
    strip(join(to, 'test'), 'cjs', (path) => path);
    addPackage(to, 'tap', 'pool-tap.js', 'index.js');
    copyFileSync(join(modules, 'piscina/package.json'), join(to, 'package.json'));
    cpSync(join(modules, 'piscina/dist'), join(to, 'dist'), { recursive: true });
    to = fill('tinypool', tinypool); // likewise, and they import it by name
    strip(join(to, 'test'), 'esm', (path) => path.replace(/\.ts$/, '.mjs'));
    addPackage(to, 'vitest', 'pool-vitest.mjs', 'index.mjs');
    copyFileSync(join(modules, 'tinypool/package.json'), join(to, 'package.json'));
    cpSync(join(modules, 'tinypool/dist'), join(to, 'dist'), { recursive: true });
    symlinkSync('..', join(to, 'node_modules/tinypool'));
}

// The program that runs one file of tests.
function programOf(file) {
    const path = join(folder, file.path);
    const isTap = file.suite === 'piscina';
    const program = join(dirname(path), `run-${basename(path)}.${isTap ? 'cjs' : 'mjs'}`);
    writeFileSync(program, isTap ? `require(${JSON.stringify(path)});\n` :
        `import 'vitest';\nawait import(${JSON.stringify(path.replace(/\.ts$/, '.mjs'))});\n`);
    return program;
}

function run(file) {
    const args = runtime.endsWith('node') ? [] : ['--collector', 'none'];
    return new Promise((done) => {
        const child = spawn(runtime, [...args, programOf(file)], { cwd: join(folder, file.suite),
            stdio: ['ignore', 'pipe', 'pipe'] });
        let out = '';
        let err = '';
        child.stdout.on('data', (data) => { out += data; });
        child.stderr.on('data', (data) => { err += data; });
        const timer = setTimeout(() => child.kill('SIGKILL'), SECONDS * 1000);
        child.on('close', (code, signal) => {
            clearTimeout(timer);
            done({ ...file, code: code ?? signal, out, err });
        });
    });
}

prepare();
const totals = {};
for (const file of files) {
    const { suite, path, out, err, code } = await run(file);
    const lines = out.split('\n').filter((line) => /^(not )?ok /.test(line));
    const failed = lines.filter((line) => line.startsWith('not ok '));
    const total = totals[suite] ??= { passed: 0, all: 0 };
    total.passed += lines.length - failed.length;
    total.all += lines.length;
    console.log(`${path}: ${lines.length - failed.length} of ${lines.length}${code === 0 ? '' : ` (exit ${code})`}`);
    for (const line of failed) {
        console.log(`    ${line.slice(7)}`);
    }
    if (lines.length === 0 || (code !== 0 && failed.length === 0)) {
        console.log(`    ${err.trim().split('\n').slice(0, 6).join(' | ').slice(0, 300)}`);
    }
}
rmSync(folder, { recursive: true, force: true });
for (const [suite, { passed, all }] of Object.entries(totals)) {
    console.log(`${suite}: ${passed} of ${all} tests pass`);
}
