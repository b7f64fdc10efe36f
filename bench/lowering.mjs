// What modern JavaScript costs: lowering 1,000 lines without and with the cache on disk, and the start
// of a worker whose file needs lowering beside one whose file does not.
//
//   node bench/lowering.mjs ISORUN [RUNS]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [isorun, runs = '5'] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'lowering-'));
const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };

const piece = (i) => `
class Queue${i} extends Base {
    #items = [];
    static made = 0;
    constructor({ limit = ${i}, name = 'queue', ...rest } = {}) {
        super(name);
        this.limit = limit ?? Infinity;
        Queue${i}.made++;
    }
    get size() { return this.#items.length; }
    push(...items) {
        for (const item of items) {
            if (this.size >= this.limit) {
                throw new RangeError(\`\${this.name} is full: \${this.size}\`);
            }
            this.#items.push(item);
        }
        return this;
    }
    *drain() {
        let item;
        while ((item = this.#items.shift()) !== undefined) {
            yield item;
        }
    }
    async each(callback) {
        for (const item of this.drain()) {
            await callback?.(item);
        }
    }
}`;
const modern = 'class Base { constructor(name) { this.name = name; } }' +
    Array.from({ length: 34 }, (_, i) => piece(i)).join('\n') + '\n';
const worker = (head) => `${head}
require('worker_threads').parentPort.postMessage(1);
`;
const starter = `
var Worker = require('worker_threads').Worker;
var times = [];
(function start(left) {
    var from = process.hrtime();
    var worker = new Worker(process.argv[2]);
    worker.once('message', function () {
        var took = process.hrtime(from);
        times.push(took[0] * 1e6 + took[1] / 1e3);
    });
    worker.once('exit', function () {
        if (left > 0) { start(left - 1); } else {
            console.log(times.slice(5).sort(function (a, b) { return a - b; })[15]);
        }
    });
}(35));`;

function file(name, text) {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
}

function run(...args) {
    const from = process.hrtime.bigint();
    const result = spawnSync(isorun, ['--collector', 'none', ...args], { env, encoding: 'utf8' });
    if (result.status !== 0) {
        throw new Error(result.stderr);
    }
    return { ms: Number(process.hrtime.bigint() - from) / 1e6, ...result };
}

const least = (values) => Math.round(Math.min(...values) * 100) / 100;
const repeat = (work) => Array.from({ length: Number(runs) }, work);
const report = (result) => console.log(JSON.stringify(result));

const big = file('big.js', modern);
const lines = modern.split('\n').length - 1;
const lowered = repeat(() => /in ([\d.]+) ms, heap of (\d+)/.exec(
    run('--no-cache', '--log-level', 'debug', big).stderr));
report({ bench: 'lowering', lines, bytes: modern.length, lower_ms: least(lowered.map((m) => Number(m[1]))),
    heap_kib: Number(lowered[0][2]) });
report({ bench: 'program_without_cache', lines, ms: least(repeat(() => run('--no-cache', big).ms)) });
run(big);
report({ bench: 'program_cached', lines, ms: least(repeat(() => run(big).ms)) });
report({ bench: 'program_empty', ms: least(repeat(() => run('-e', '').ms)) });

const start = file('start.js', starter);
for (const [name, head] of [['es5', 'var x = 1;'], ['lowered', 'const x = 1;'], ['lowered_1000_lines', modern]]) {
    const path = file(`${name}.js`, worker(head));
    report({ bench: `worker_start_${name}`, p50_us: least(repeat(() => Number(run(start, path).stdout))) });
}
rmSync(folder, { recursive: true });
