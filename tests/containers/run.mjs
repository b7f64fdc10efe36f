// Containers of 512 MB that fill up: a memory cgroup for each run, six workers in it, a collector
// outside. Without recycling the kernel kills, and the budget alert must have fired before, with a
// time to the limit; with it nobody is killed. Prints one line a run and a table; exit 1 when a run
// did not hold, 77 where no memory cgroup can be made.
// usage: run.mjs [--only kill|recycle] [--speeds 1,2,5] [--runs N] [--at-once N] [--held MB] [--seconds N] [--both: at the same time]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeGroup, open as openIn } from './box.mjs';
import { sleep } from '../scenario/lib.mjs';

const LIMIT = 512 * 2 ** 20;
const MB = 2 ** 20;
const { values: options } = parseArgs({
    options: {
        only: { type: 'string' }, speeds: { type: 'string', default: '1,2,5,10,20,50' },
        runs: { type: 'string', default: '20' }, 'at-once': { type: 'string', default: '10' },
        held: { type: 'string', default: '0' }, seconds: { type: 'string' }, verbose: { type: 'boolean' }, both: { type: 'boolean' },
    },
});
const speeds = options.speeds.split(',').map(Number);
const runs = Number(options.runs);

// ---- the container ------------------------------------------------------------------------------

function open(script, args, config) {
    const group = makeGroup(LIMIT);
    if (group === null) {
        console.log('SKIPPED: no memory cgroup of version 1 can be made');
        process.exit(77);
    }
    return openIn(group, script, args, config);
}

const oomKills = (group) => Number(/oom_kill (\d+)/.exec(readFileSync(join(group, 'memory.oom_control'), 'utf8'))[1]);

// ---- a run --------------------------------------------------------------------------------------

const firing = (frame) => frame.alerts.find((one) => one.rule === 'budget' && one.state === 'firing');

async function runToTheKill({ speed, spread, kind }) {
    const scene = await open('grow.js', [speed, spread, kind, options.held], '{}\n');
    const result = { speed, spread, kind };
    const bound = Date.now() + (512 / speed * 1.5 + 60) * 1000;
    while (scene.program.endedAt === undefined && Date.now() < bound) {
        const frame = result.firedAt === undefined ? await scene.get('/api/v1/frame?isolates=top:1') : null;
        const alert = frame && firing(frame);
        if (alert) {
            const budget = frame.budgets.find((one) => alert.id.endsWith(one.name));
            Object.assign(result, { firedAt: alert.since, told: budget.limit_seconds, used: budget.used, summary: alert.summary });
        }
        await sleep(0.1);
    }
    result.kills = oomKills(scene.group);
    result.lead = scene.program.endedAt - result.firedAt;
    result.real = result.lead;
    result.holds = result.kills > 0 && result.lead > 0 && Number.isFinite(result.told);
    await scene.close();
    return result;
}

const AUTO = 'drift: {recycle: auto}\n';
const LOCAL = JSON.stringify({ limitShare: 0.7, stagger: 0, maxPerMinute: 6000 });

async function runRecycled({ speed, spread, kind, how }) {
    const scene = await open('leak.js', [speed, spread, kind, how === 'local' ? LOCAL : ''], how === 'local' ? '{}\n' : AUTO);
    const result = { speed, spread, kind, how, most: 0 };
    const seconds = Number(options.seconds ?? Math.max(60, Math.min(600, 512 / speed * 1.5)));
    const end = Date.now() + seconds * 1000;
    while (scene.program.endedAt === undefined && Date.now() < end) {
        await sleep(0.5);
        result.most = Math.max(result.most, Number(readFileSync(join(scene.group, 'memory.max_usage_in_bytes'), 'utf8')) / MB);
    }
    result.kills = oomKills(scene.group);
    const last = scene.program.stdout.trim().split('\n').pop();
    Object.assign(result, JSON.parse(last || '{}'));
    result.kept = Math.round(result.kept / MB);
    const { recycles } = await scene.get('/api/v1/recycles');
    result.recycles = recycles.length;
    result.seconds = Math.round(seconds);
    result.holds = result.kills === 0 && scene.program.endedAt === undefined && result.failed === 0;
    if (!result.holds || options.verbose) {
        result.stderr = scene.program.stderr.slice(-1000) + scene.daemon.stderr.slice(-3000);
    }
    await scene.close();
    return result;
}

// ---- all of them --------------------------------------------------------------------------------

/** `count` runs over every speed, spread and kind in turn, the slowest first. */
function plan(count, more) {
    const list = [];
    for (let i = 0; i < count; i++) {
        const round = Math.floor(i / speeds.length);
        list.push({
            speed: speeds[i % speeds.length], spread: (round + i) % 2 === 0 ? 'each' : 'one',
            kind: round % 2 === 0 ? 'heap' : 'external', ...more(i, round),
        });
    }
    return list.sort((a, b) => a.speed - b.speed);
}

async function inParallel(list, run, atOnce) {
    const results = [];
    const queue = list.slice();
    await Promise.all(Array.from({ length: atOnce }, async () => {
        for (let next; (next = queue.shift()) !== undefined;) {
            const result = await run(next);
            results.push(result);
            console.log(JSON.stringify(result));
        }
    }));
    return results.sort((a, b) => a.speed - b.speed);
}

const cell = (value, width, digits = 1) =>
    String(typeof value === 'number' ? value.toFixed(digits) : value ?? '-').padStart(width);

function printKills(results) {
    console.log('\n MB/s  in   kind      fired at MB   lead s   said s   real s   kills');
    for (const one of results) {
        console.log(cell(one.speed, 5, 0), one.spread.padEnd(4), one.kind.padEnd(9), cell(one.used / MB, 11, 0), cell(one.lead, 8),
            cell(one.told, 8), cell(one.real, 8), cell(one.kills, 7, 0), one.holds ? '' : ' FAILED');
    }
}

function printRecycled(results) {
    console.log('\n MB/s  in   kind      by          s   kept MB   most MB   recycles   tasks   failed   kills');
    for (const one of results) {
        console.log(cell(one.speed, 5, 0), one.spread.padEnd(4), one.kind.padEnd(9), one.how.padEnd(9), cell(one.seconds, 4, 0),
            cell(one.kept, 9, 0), cell(one.most, 9, 0), cell(one.recycles, 10, 0), cell(one.done, 7, 0), cell(one.failed, 8, 0),
            cell(one.kills, 7, 0), one.holds ? '' : ' FAILED');
    }
}

const atOnce = Number(options['at-once']);

async function checkKills() {
    const results = await inParallel(plan(runs, () => ({})), runToTheKill, atOnce);
    printKills(results);
    return results;
}

async function checkRecycled() {
    const results = await inParallel(plan(runs, (i, round) => ({ how: round === 2 ? 'local' : 'auto' })), runRecycled, atOnce);
    printRecycled(results);
    return results;
}

const parts = [options.only !== 'recycle' && checkKills, options.only !== 'kill' && checkRecycled].filter(Boolean);
const all = [];
if (options.both) {
    all.push(...(await Promise.all(parts.map((part) => part()))).flat());
} else {
    for (const part of parts) {
        all.push(...await part());
    }
}
const failed = all.filter((one) => !one.holds).length;
console.log(`\n${all.length} runs, ${failed} did not hold`);
process.exitCode = failed > 0 || all.length === 0 ? 1 : 0;
