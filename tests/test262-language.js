// Runs files of test262's test/language, each in a worker of its own, under isorun:
//
//   isorun tests/test262-language.js CHECKOUT [--every N] [--list FILE] [FOLDER or FILE...]
//
// Prints pass figures for each folder; --list writes the failures with their reasons. What the lowerer
// doesn't claim (features below, modules, realms) is left out and counted as skipped.
'use strict';
const fs = require('fs');
const path = require('path');
const { Worker } = require('worker_threads');

const UNCLAIMED = ['BigInt', 'regexp-v-flag',
    'tail-call-optimization', 'explicit-resource-management', 'decorators', 'import-defer',
    'source-phase-imports', 'regexp-modifiers', 'regexp-duplicate-named-groups', 'Temporal', 'cross-realm',
    'dynamic-import', 'import-attributes', 'json-modules', 'import-text', 'import-bytes',
    'source-phase-imports-module-source', 'IsHTMLDDA', 'ShadowRealm', 'await-dictionary', 'iterator-helpers'];
const SECONDS = 10;
const AT_ONCE = 2;

const args = process.argv.slice(2);
const options = { every: 1, list: undefined };
const positional = [];
while (args.length) {
    const arg = args.shift();
    if (arg === '--every') {
        options.every = Number(args.shift());
    } else if (arg === '--list') {
        options.list = args.shift();
    } else {
        positional.push(arg);
    }
}
const checkout = positional.shift();
const harness = {};

function collect(place, found) {
    if (fs.statSync(place).isDirectory()) {
        fs.readdirSync(place).sort().forEach(function (name) { collect(path.join(place, name), found); });
    } else if (/\.js$/.test(place) && !/_FIXTURE/.test(place)) {
        found.push(place);
    }
    return found;
}

function harnessFile(name) {
    if (harness[name] === undefined) {
        harness[name] = fs.readFileSync(path.join(checkout, 'harness', name), 'utf8');
    }
    return harness[name];
}

function listOf(front, key) {
    const inline = new RegExp('^' + key + ':\\s*\\[([^\\]]*)\\]', 'm').exec(front);
    if (inline) {
        return inline[1].split(',').map(function (each) { return each.trim(); }).filter(Boolean);
    }
    const block = new RegExp('^' + key + ':\\s*\\n((?:\\s+- .*\\n?)+)', 'm').exec(front);
    return block ? block[1].split('\n').map(function (each) { return each.replace(/^\s*- /, '').trim(); })
        .filter(Boolean) : [];
}

function describe(file) {
    const source = fs.readFileSync(file, 'utf8');
    const front = source.slice(source.indexOf('/*---'), source.indexOf('---*/'));
    const negative = /^negative:\s*\n\s+phase:\s*(\w+)\s*\n\s+type:\s*(\w+)/m.exec(front);
    return { file: file, source: source, flags: listOf(front, 'flags'), includes: listOf(front, 'includes'),
        features: listOf(front, 'features'), negative: negative && { phase: negative[1], type: negative[2] } };
}

function isSkipped(test) {
    return test.flags.indexOf('module') >= 0 || test.flags.indexOf('CanBlockIsFalse') >= 0 ||
        /\$262\.(createRealm|evalScript|agent)/.test(test.source) ||
        test.features.some(function (feature) { return UNCLAIMED.indexOf(feature) >= 0; });
}

const BOOT = [
    'var { workerData, parentPort } = require("worker_threads");',
    'globalThis.print = function (text) { parentPort.postMessage(String(text)); };',
    'globalThis.$262 = { global: globalThis, gc: function () {} };',
    'try { workerData.parts.forEach(function (part) { (0, eval)(part); });',
    '  if (!workerData.isAsync) print("done"); }',
    'catch (error) { print("threw " + (error && error.name) + ": " + (error && error.message)); }'
].join('\n');

// Calls done(reason), without a reason when the test passed.
function run(test, done) {
    const isRaw = test.flags.indexOf('raw') >= 0;
    const isAsync = test.flags.indexOf('async') >= 0;
    const includes = isRaw ? [] : ['assert.js', 'sta.js'].concat(isAsync ? ['doneprintHandle.js'] : [],
        test.includes);
    const strict = test.flags.indexOf('onlyStrict') >= 0 ? '"use strict";\n' : '';
    const worker = new Worker(BOOT, { eval: true, workerData: { isAsync: isAsync,
        parts: includes.map(harnessFile).concat(strict + test.source) } });
    let said;
    const timer = setTimeout(function () { end('late'); }, SECONDS * 1000);
    function end(text) {
        if (said === undefined) {
            said = text;
            clearTimeout(timer);
            worker.terminate();
            done(judge(test, text));
        }
    }
    worker.on('message', end);
    worker.on('error', function (error) { end('threw ' + error.name + ': ' + error.message); });
    worker.on('exit', function () { end('said nothing'); });
}

function judge(test, said) {
    if (test.negative) {
        const isRight = said.indexOf('threw ' + test.negative.type) === 0;
        return isRight ? undefined : 'wanted ' + test.negative.type + ', got ' + said;
    }
    return said === 'done' || said === 'Test262:AsyncTestComplete' ? undefined : said;
}

const base = path.join(checkout, 'test/language');
const places = positional.length ? positional.map(function (each) { return path.join(base, each); }) : [base];
const files = places.reduce(function (all, place) { return collect(place, all); }, [])
    .filter(function (file, index) { return index % options.every === 0; });
const figures = {};
const failures = [];
let next = 0;
let running = 0;

function folderOf(file) {
    return path.relative(base, file).split('/').slice(0, -1).slice(0, 2).join('/');
}

function step() {
    while (running < AT_ONCE && next < files.length) {
        const test = describe(files[next++]);
        const figure = figures[folderOf(test.file)] = figures[folderOf(test.file)] ||
            { passed: 0, failed: 0, skipped: 0 };
        if (isSkipped(test)) {
            figure.skipped++;
            continue;
        }
        running++;
        run(test, function (reason) {
            running--;
            figure[reason === undefined ? 'passed' : 'failed']++;
            if (reason !== undefined) {
                failures.push(path.relative(base, test.file) + '\t' + reason.split('\n')[0]);
            }
            setImmediate(step);
        });
    }
    if (running === 0 && next >= files.length) {
        finish();
    }
}

function finish() {
    const total = { passed: 0, failed: 0, skipped: 0 };
    Object.keys(figures).sort().forEach(function (folder) {
        const each = figures[folder];
        console.log(folder + '\t' + each.passed + '/' + (each.passed + each.failed) + '\tskipped ' + each.skipped);
        Object.keys(total).forEach(function (key) { total[key] += each[key]; });
    });
    console.log('total\t' + total.passed + '/' + (total.passed + total.failed) + ' (' +
        (100 * total.passed / (total.passed + total.failed)).toFixed(1) + ' %)\tskipped ' + total.skipped);
    if (options.list) {
        fs.writeFileSync(options.list, failures.sort().join('\n') + '\n');
    }
}

step();
