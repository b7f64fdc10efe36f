// Tasks of the published pools as jobs, in workers whose loop never turns: they sleep in Atomics.wait().
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { watched } from './agent.mjs';
import { until } from './lib.mjs';

const modules = resolve('build/npm/pools/node_modules');
const skip = existsSync(modules) ? false : 'the pools are not installed: make build/npm/pools/.done';

const task = `const kept = [];
const make = (n) => Array.from({ length: 3000 }, (_, i) => ({ i, n, text: 'text ' + i + n }));
module.exports = (n) => make(n).length;
module.exports.leak = (n) => { kept.push(make(n)); return kept.length; };
module.exports.later = async (n) => { await new Promise((r) => setTimeout(r, 5)); return make(n).length; };
module.exports.throws = () => { throw new RangeError('as it is'); };`;

// and so many at once, behind which nothing wakes the worker again: the last one counts too
const MORE = 20;
const more = `for (let i = 0; i < ${MORE}; i++) { await pool.run(1); }`;
/* The first tasks come when the worker is known: its figures tell of them, and the last one comes soon after a
 * report. */
const waits = `while (!require('fs').existsSync('go')) { await new Promise((r) => setTimeout(r, 20)); }`;

const piscina = (rounds) => `const { Piscina } = require('${modules}/piscina');
const pool = new Piscina({ filename: __dirname + '/resize.js', minThreads: 1, maxThreads: 1,
    resourceLimits: { maxOldGenerationSizeMb: 512 } });
(async () => {
    ${waits}
    console.log(await pool.run(1), await pool.run(1, { name: 'later' }),
        await pool.run(1, { name: 'throws' }).catch((e) => e.message));
    ${rounds}
    console.log('over');
    setInterval(() => {}, 1000);
})();`;

test('tasks of Piscina and tinypool are jobs of their workers', { skip }, async (t) => {
    const s = await watched(t);
    await s.collector();
    s.file('resize.js', task);
    const tinypool = `const { default: Tinypool } = await import('file://${modules}/tinypool/dist/index.js');
        const pool = new Tinypool({ filename: new URL('resize.js', import.meta.url).href, minThreads: 1, maxThreads: 1 });
        const { createRequire } = await import('node:module');
        const require = createRequire(import.meta.url);
        ${waits}
        console.log(await pool.run(1), await pool.run(1, { name: 'later' }),
            await pool.run(1, { name: 'throws' }).catch((e) => e.message));
        ${more}
        console.log('over');
        setInterval(() => {}, 1000);`;
    for (const [file, text] of [['pool.js', piscina(more)], ['pool.mjs', tinypool]]) {
        const program = s.node([s.file(file, text)], { env: { ISOSCOPE_GC_BUDGET: '0' } });
        await until('its worker', async () => (await s.isolates(program.pid)).some((i) => i.thread > 0 && i.heap.used > 0), 60);
        s.file('go', '');
        await until('its end', () => program.stdout.includes('over'), 60);
        rmSync(join(s.dir, 'go'));
        const worker = await until('all its jobs', async () =>
            (await s.isolates(program.pid)).find((i) => i.thread > 0 && i.jobs === 3 + MORE));
        assert.match(worker.name, /^resize-\d+$/);
        assert.equal(worker.pool, 'resize');
        assert.equal(worker.state, 'idle');
        assert.equal(program.stdout, '3000 3000 as it is\nover\n');
        const jobs = (await s.events('job')).filter((e) => e.isolate === worker.id);
        assert.deepEqual(jobs.slice(0, 3).map((e) => [e.name, e.number]), [['resize', 1], ['later', 2], ['throws', 3]]);
        // its loop does not turn, and yet it is there, and not stale
        const later = await until('it is heard of for longer than silence makes stale', async () => {
            const now = await s.isolate(worker.id);
            return now.updated_at > worker.updated_at + 4 && now;
        });
        assert.equal(later.stale, false);
        assert.ok(later.heap.used > 1e6);
        await program.kill();
        assert.equal(program.stderr, '');
    }
});

test('a leaking task of Piscina is named, with its growth', { skip }, async (t) => {
    const s = await watched(t);
    await s.collector();
    s.file('resize.js', task);
    s.file('go', '');
    const program = s.node([s.file('pool.js', piscina(`for (let n = 0, dice = 1; n < 3500; n++) {
        dice = dice * 48271 % 0x7fffffff;
        await pool.run(n, dice % 10 < 4 ? { name: 'leak' } : {});
        await new Promise((r) => setTimeout(r, 5));
    }`))], { env: { ISOSCOPE_GC_BUDGET: '0.3' } });
    // the first name that shows a rise is told until the names can be told apart
    const alert = await until('the alert', async () => (await s.get('/api/v1/alerts')).alerts
        .find((a) => a.rule === 'drift' && a.state === 'firing' && a.culprit === 'leak'), 150);
    assert.match(alert.summary, /^resize-1 keeps [\d.]+ [KM]iB more after every leak job\./);
    assert.equal(alert.culprit, 'leak');
    assert.equal(alert.isolate, `${program.pid}.1`);
    // 3,000 objects with a text each: 160 to 400 KB
    assert.ok(alert.value > 100e3 && alert.value < 600e3, `${alert.value} bytes a job`);
});
