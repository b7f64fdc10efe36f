// Who it was: what grows in leaking workers is told by constructor and by the line that makes it.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { isSanitized, programs, scene, until } from './lib.mjs';

const PROGRAM = join(programs, 'culprits.js');
/** Between jobs: where a collection takes ten times as long, as many find room. */
const PAUSE_MS = isSanitized ? 400 : 100;
/** Number of the line that is marked so. */
const lineOf = (kind) => readFileSync(PROGRAM, 'utf8').split('\n').findIndex((line) => line.endsWith(`// LINE ${kind}`)) + 1;

async function open(t, kinds, config = 'culprit: {enabled: false}\n', pause = 20) {
    const s = await scene(t);
    const file = join(s.dir, 'culprit.yaml');
    writeFileSync(file, `http: {allow_actions: true}\n${config}`);
    s.daemon = await s.collector('--config', file);
    s.program = s.run('culprits.js', `${pause}`, ...kinds);
    s.find = (name) => until(`worker ${name}`, async () =>
        (await s.frame()).isolates.find((one) => one.name === name && one.jobs > 1), 60);
    s.ctl = async (...args) => {
        const child = s.start('isoctl', ['--url', s.url, ...args]);
        const { code } = await child.ended;
        return { code, stdout: child.stdout, stderr: child.stderr };
    };
    /** Asks and does not wait; `over` tells what came of it. */
    s.ask = async (id, query) => {
        const answer = await fetch(`${s.url}/api/v1/isolates/${id}/growth?${query}`, { method: 'POST' });
        assert.equal(answer.status, 202);
        const { action } = await answer.json();
        return () => until('an answer', async () => {
            const state = await s.get(`/api/v1/actions/${action}`);
            return ['done', 'failed'].includes(state.state) && state;
        }, 90);
    };
    s.growth = async (kind, ...options) => {
        const done = await s.ctl('--json', 'growth', (await s.find(kind)).id, ...options);
        assert.equal(done.code, 0, done.stderr);
        return JSON.parse(done.stdout).result;
    };
    return s;
}

// What grows most a job, how often a job at least, and how many bytes a job at least.
const PLANTED = {
    instances: ['Tile', 500, 80000],
    closures: ['(closure)', 200, 35000],
    map: ['Object', 500, 45000],
    strings: ['(string)', 50, 70000],
    buffers: ['(array buffer)', 1, 1 << 20],
    listeners: ['(closure)', 100, 18000],
};

test('each kind of leak is told by what it keeps and the line that makes it', async (t) => {
    const s = await open(t, Object.keys(PLANTED));
    for (const [kind, [name, count, bytes]] of Object.entries(PLANTED)) {
        const grown = await s.growth(kind, '--interval=1024', '--seconds=60');
        const said = `${kind}: ${JSON.stringify(grown)}`;
        assert.equal(grown.jobs, 8, said);
        const first = grown.kinds.find((one) => one.count > 0); // before it a table that doubled
        assert.equal(first.name, name, said);
        assert.ok(first.count >= 8 * count && first.count < 8 * count * 1.1 + 8, said);
        assert.ok(first.bytes >= 8 * bytes, said);
        assert.equal(grown.sites[0].file, PROGRAM, said);
        assert.equal(grown.sites[0].line, lineOf(kind), said);
        assert.equal(grown.no_site, null, said);
        assert.ok(grown.pause_seconds > 0 && grown.seconds > 0, said);
    }
});

test('a table that doubles, messages that are kept, and nothing', async (t) => {
    const s = await open(t, ['numbers', 'messages', 'none']);
    await until('a table that doubled meanwhile', async () => {
        const [site] = (await s.growth('numbers', '--seconds=60', '--jobs=64')).sites;
        return site?.line === lineOf('numbers');
    }, 60);
    const messages = await s.growth('messages', '--jobs=100', '--interval=64', '--seconds=60');
    assert.equal(messages.kinds[0].count, 100);
    assert.equal(messages.sites[0].file, '', 'no line of the program makes messages');
    const none = await s.growth('none', '--interval=512', '--seconds=60');
    assert.ok(none.bytes < 4096, JSON.stringify(none));
});

test('isoctl growth shows it, and says why there is no line', async (t) => {
    const s = await open(t, ['instances']);
    const { id } = await s.find('instances');
    const shown = await s.ctl('growth', id, '--interval=1024', '--seconds=60');
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /^WHAT +BYTES A JOB +A JOB +MADE AT\nTile +\+8\d(\.\d)? KiB +500 /);
    assert.match(shown.stdout, new RegExp(`^instances .*culprits\\.js:${lineOf('instances')}$`, 'm'));
    assert.match(shown.stdout, /^8 jobs in [\d.]+ s; the isolate stood still for [\d.]+ ms\.$/m);
    // somebody else's profile has precedence
    const over = await s.ask(id, 'jobs=200&seconds=60');
    assert.match((await s.ctl('growth', id, '--jobs=1')).stderr, /looked for already/);
    const profile = await s.ctl('profile', id, '--seconds=0.5', '-o', join(s.dir, 'x'));
    assert.equal(profile.code, 0, profile.stderr);
    const { result } = await over();
    assert.match(result.no_site, /somebody else took a profile/);
    assert.equal(result.kinds[0].name, 'Tile');
    const quiet = await s.ctl('growth', (await s.frame()).isolates.find((one) => one.name === 'main').id, '--seconds=0.3');
    assert.equal(quiet.code, 1);
    assert.match(quiet.stderr, /no two jobs ended/);
});

test('an isolate that ends meanwhile says so', async (t) => {
    const s = await open(t, ['instances']);
    const { id } = await s.find('instances');
    const over = await s.ask(id, 'jobs=100000&seconds=60');
    await s.program.kill();
    const { state, error } = await over();
    assert.equal(state, 'failed');
    assert.match(error, /its process is gone|not connected/);
});

/** The drift alert of the worker of that name, once it satisfies. */
const alertOf = (s, name, satisfies, seconds = 120) => until(`an alert of ${name}`, async () => {
    const { alerts } = await s.get('/api/v1/alerts');
    const alert = alerts.find((one) => one.rule === 'drift' && one.summary.startsWith(`${name} `) && satisfies(one));
    return alert;
}, seconds);

test('a drift alert carries constructor and line, everywhere one looks', async (t) => {
    const received = join(mkdtempSync(join(tmpdir(), 'isoscope-culprit.')), 'alerts');
    t.after(() => rmSync(dirname(received), { recursive: true, force: true }));
    const s = await open(t, ['map', 'none'],
        `culprit: {max_pause: 1m}\nnotify: [{kind: exec, command: [/bin/sh, -c, 'cat >> ${received}; echo >> ${received}']}]\n`, PAUSE_MS);
    const alert = await alertOf(s, 'map', (one) => one.constructor !== null && one.state === 'firing');
    const site = `${PROGRAM}:${lineOf('map')}`;
    assert.equal(alert.culprit, 'message');
    assert.equal(alert.constructor, 'Object');
    assert.equal(alert.grown_count, 500 * alert.grown_jobs);
    assert.ok(alert.grown_bytes > 45000 * alert.grown_jobs);
    assert.deepEqual([alert.site, alert.function, alert.no_site], [site, 'map', null]);
    assert.ok(alert.site_bytes > 0);
    assert.equal(alert.found_in, alert.isolate);
    assert.match(alert.summary, / In \d+ jobs \d+ more Object with [\d.]+ KiB, made at /);
    assert.match((await s.ctl('alerts')).stdout, new RegExp(`made at \\S+:${lineOf('map')} in map\\.`));
    assert.match((await s.ctl('advice')).stdout, new RegExp(`Cause: +What map makes at \\S+:${lineOf('map')} stays`));
    const { culprits } = await s.get('/api/v1/status');
    assert.equal(culprits.found, 1);
    assert.ok(culprits.pause_seconds > 0);
    assert.match(await (await fetch(`${s.url}/metrics`)).text(), /isoscope_culprit_searches_total\{result="found"\} 1/);
    const told = await until('it is told with the culprit', () => readFileSync(received, 'utf8').trim().split('\n')
        .map((line) => JSON.parse(line).alerts[0].annotations).find((one) => one.site));
    assert.equal(told.site, site);
    assert.equal(told.constructor, 'Object');
    assert.equal(told.function, 'map');
    assert.match(told.description, /made at/);
    // it outlives the collector
    await s.daemon.kill();
    await s.collector('--config', join(s.dir, 'culprit.yaml'));
    const again = (await s.get('/api/v1/alerts')).alerts.find((one) => one.id === alert.id);
    assert.deepEqual([again.site, again.constructor, again.grown_bytes], [site, 'Object', alert.grown_bytes]);
    // and its process
    await until('it fires again', async () => (await s.get('/api/v1/isolates')).isolates.some((one) => one.id === alert.isolate));
    await s.program.kill();
    const box = await until('a black box', async () => (await s.get('/api/v1/status')).blackbox.last);
    assert.match((await s.ctl('blackbox', box)).stdout, new RegExp(`^Its heap rose: \\S+: Object made at .*:${lineOf('map')}$`, 'm'));
});

test('who is not asked has an alert that says why', async (t) => {
    await Promise.all([['{enabled: false}', /culprit\.enabled is false/], ['{max_pause: 1ms}', /takes so long/]].map(async ([config, why]) => {
        const s = await open(t, ['map'], `culprit: ${config}\n`, PAUSE_MS);
        const alert = await alertOf(s, 'map', (one) => one.no_site !== null);
        assert.match(alert.no_site, why);
        assert.equal(alert.site, null);
        const { culprits } = await s.get('/api/v1/status');
        assert.equal(culprits.asked, 0);
        assert.ok(culprits.skipped >= 1);
        await until('the advice says why', async () => why.test((await s.get('/api/v1/advice')).advice[0]?.cause));
    }));
});

test('the leak of a pool is named, recycled, and the sum is flat in history', async (t) => {
    const s = await scene(t);
    const file = join(s.dir, 'recycling.yaml');
    writeFileSync(file, 'drift: {recycle: auto}\nculprit: {max_pause: 1m}\nrecycle: {stagger: 500ms, max_per_minute: 60}\n');
    const daemon = await s.collector('--config', file);
    s.run('recycling.js', 'leaking');
    const tasks = join(programs, 'recycling-tasks.js');
    const line = readFileSync(tasks, 'utf8').split('\n').findIndex((text) => text.includes('kept.push(')) + 1;
    const named = await until('the leak is named', async () => (await s.get('/api/v1/alerts')).alerts.find((one) =>
        one.rule === 'drift' && one.site === `${tasks}:${line}`), 90);
    assert.equal(named.culprit, 'keep');
    assert.equal(named.constructor, '(string)');
    assert.equal(named.function, 'keep');
    const { recycler, culprits } = await until('four recycles', async () => {
        const status = await s.get('/api/v1/status');
        return status.recycler.done >= 4 && status;
    }, 120);
    assert.equal(recycler.helpless, 0, daemon.stderr);
    assert.ok(culprits.asked <= 3, `the next ones are known: ${JSON.stringify(culprits)}`);
    const highs = await until('some seconds of history', async () => {
        const { points } = await s.get(`/api/v1/history?of=process:${named.process}&metric=heap_total`);
        const known = points.map((point) => point?.[3]).filter((high) => high > 0);
        return known.length > 5 && known;
    });
    assert.ok(Math.max(...highs) < 400 << 20, `flat: ${highs}`);
});
