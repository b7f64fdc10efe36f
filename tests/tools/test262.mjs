// Runs files of a test262 checkout on isorun and prints what passes, per directory.
//
//   node tests/tools/test262.mjs ISORUN CHECKOUT [--list FILE] [--failures FILE] [DIRECTORY or file …]
//
// A list names one file a line (what follows a tab is ignored); without one, all of test/built-ins
// below the directories given are run. Each file runs in a process of its own with the harness before
// it; $262 is what the engine can honestly offer: detaching, agents as workers, no realms.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const SECONDS = 20;
const JOBS = Number(process.env.JOBS ?? 2);
const here = dirname(new URL(import.meta.url).pathname);

function readArguments(args) {
    const options = { places: [] };
    for (let i = 0; i < args.length; i++) {
        if (args[i] === '--list' || args[i] === '--failures') {
            options[args[i].slice(2)] = args[++i];
        } else {
            options.places.push(args[i]);
        }
    }
    [options.isorun, options.checkout, ...options.places] = options.places;
    return options;
}

function* filesBelow(checkout, place) {
    if (place.endsWith('.js')) {
        yield place;
        return;
    }
    for (const entry of readdirSync(join(checkout, place), { withFileTypes: true })) {
        if (entry.isDirectory() || (entry.name.endsWith('.js') && !entry.name.endsWith('_FIXTURE.js'))) {
            yield* filesBelow(checkout, `${place}/${entry.name}`);
        }
    }
}

function chosen({ checkout, list, places }) {
    if (list) {
        const named = readFileSync(list, 'utf8').split('\n').map((line) => line.split('\t')[0]);
        return named.filter((name) => name.endsWith('.js') &&
            (places.length === 0 || places.some((place) => name.startsWith(place))));
    }
    return places.flatMap((place) => [...filesBelow(checkout, place)]);
}

// The few keys of the YAML header that say how to run a file.
function header(text) {
    const yaml = /\/\*---([\s\S]*?)---\*\//.exec(text)?.[1] ?? '';
    const listed = (key) => {
        const inline = new RegExp(`^${key}: *\\[([\\s\\S]*?)\\]`, 'm').exec(yaml)?.[1];
        const block = new RegExp(`^${key}: *\\n((?: +- .*\\n?)+)`, 'm').exec(yaml)?.[1];
        return (inline ?? block?.replace(/^ +- /gm, '').replace(/\n/g, ',') ?? '')
            .split(',').map((word) => word.trim()).filter(Boolean);
    };
    const negative = /^negative:\s*\n(?:\s+.*\n)*?\s+type: *(\w+)/m.exec(yaml)?.[1];
    return { flags: listed('flags'), includes: listed('includes'), negative };
}

function program(checkout, name, text, kind) {
    const harness = (file) => readFileSync(join(checkout, 'harness', file), 'utf8');
    if (kind.flags.includes('raw')) {
        return text;
    }
    const files = ['assert.js', 'sta.js', ...(kind.flags.includes('async') ? ['doneprintHandle.js'] : []), ...kind.includes];
    const strict = kind.flags.includes('onlyStrict') ? '"use strict";\n' : '';
    return `${strict}${files.map(harness).join('\n')}\n${text}`;
}

function run(isorun, file) {
    return new Promise((done) => {
        // Evaluated as a script of the global scope: what it declares are globals, as the harness wants.
        const child = spawn(isorun, [join(here, 'test262-run.js'), file], { stdio: ['ignore', 'pipe', 'pipe'] });
        const result = { output: '', late: false };
        child.stdout.setEncoding('utf8').on('data', (text) => { result.output += text; });
        child.stderr.setEncoding('utf8').on('data', (text) => { result.output += text; });
        const timer = setTimeout(() => { result.late = true; child.kill('SIGKILL'); }, SECONDS * 1000);
        child.on('close', (code, signal) => { clearTimeout(timer); done({ ...result, code: code ?? signal }); });
    });
}

function judge(kind, result) {
    if (result.late) {
        return `not done after ${SECONDS} s`;
    }
    if (kind.negative) {
        return result.code !== 0 && result.output.includes(kind.negative) ? null : `no ${kind.negative}`;
    }
    if (kind.flags.includes('async')) {
        return result.output.includes('Test262:AsyncTestComplete') ? null : reason(result);
    }
    return result.code === 0 ? null : reason(result);
}

// The line of the report that names the error.
function reason({ output, code }) {
    const lines = output.split('\n').map((line) => line.trim()).filter(Boolean);
    const found = lines.find((line) => /^(\w*Error|Test262Error|Test262:AsyncTestFailure)\b/.test(line));
    return (found ?? lines.at(-1) ?? `exit ${code}`).slice(0, 200);
}

const options = readArguments(process.argv.slice(2));
if (!options.checkout) {
    console.error('usage: test262.mjs ISORUN CHECKOUT [--list FILE] [--failures FILE] [DIRECTORY …]');
    process.exit(2);
}
const work = mkdtempSync(join(tmpdir(), 'test262-'));
const names = chosen(options);
const failures = [];
const counts = new Map();

async function worker(number) {
    for (let name; (name = names.shift()) !== undefined;) {
        const text = readFileSync(join(options.checkout, name), 'utf8');
        const kind = header(text);
        const file = join(work, `${number}.js`);
        writeFileSync(file, program(options.checkout, name, text, kind));
        const failure = judge(kind, await run(resolve(options.isorun), file));
        const directory = name.split('/').slice(1, 3).join('/');
        const count = counts.get(directory) ?? { passed: 0, all: 0 };
        counts.set(directory, { passed: count.passed + (failure === null), all: count.all + 1 });
        if (failure !== null) {
            failures.push(`${name}\t${failure}`);
        }
    }
}

await Promise.all(Array.from({ length: JOBS }, (_, number) => worker(number)));
rmSync(work, { recursive: true });
let passed = 0, all = 0;
for (const [directory, count] of [...counts].sort()) {
    console.log(`${String(count.passed).padStart(5)} of ${String(count.all).padStart(5)}  ${directory}`);
    passed += count.passed;
    all += count.all;
}
console.log(`${String(passed).padStart(5)} of ${String(all).padStart(5)}  (${(100 * passed / Math.max(all, 1)).toFixed(1)} %)`);
if (options.failures) {
    writeFileSync(options.failures, failures.sort().join('\n') + '\n');
}
