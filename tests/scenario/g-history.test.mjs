// History on disk with the real programs: over a restart, a kill in the middle of writing, a damaged
// file, a disk that is full and has room again, a directory that cannot be written.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
    closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmdirSync, rmSync, writeFileSync, writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { freePort, scene, sleep, until } from './lib.mjs';

const state = (s) => join(s.dir, 'state');
const status = async (s) => (await s.get('/api/v1/status')).history;
const seconds = (answer) => answer.points.filter(([, , avg]) => avg !== null).map(([t]) => t);

const raw = (s, of, from = -600, metric = 'heap.used') =>
    s.get(`/api/v1/history?of=${of}&metric=${metric}&from=${from}&step=1`);

/** A program that is watched; the id of its first worker. */
async function watched(s) {
    const program = s.run('steady.js');
    const isolate = await until('the worker', async () =>
        (await s.frame()).isolates.find((i) => i.id === `${program.pid}.1` && i.heap.used > 0));
    return { program, id: isolate.id };
}

/** A collector that writes often; `history` are further keys. */
function collect(s, history = '', more = '', ...options) {
    const file = join(s.dir, 'isoscope.yaml');
    writeFileSync(file, `rules: [{kind: history, for: 0s}]\nhistory: {save_every: 200ms${history}}\n${more}`);
    return s.collector('--config', file, ...options);
}

/** Waits until rows were written that were not when it was called. */
async function saved(s, times = 1) {
    for (let i = 0; i < times; i++) {
        const before = (await status(s)).disk.rows;
        await until('a write', async () => (await status(s)).disk.rows > before, 60);
    }
    return (await status(s)).disk;
}

test('a clean restart loses nothing that was seen', async (t) => {
    const s = await scene(t);
    const collector = await collect(s);
    const { id } = await watched(s);
    await until('some seconds of it', async () =>
        seconds(await raw(s, `isolate:${id}`)).length >= 4);
    const before = seconds(await raw(s, `isolate:${id}`));
    await collector.kill('SIGTERM');
    await collect(s);
    const after = await until('it goes on', async () => {
        const all = seconds(await raw(s, `isolate:${id}`));
        return all.at(-1) > before.at(-1) && all;
    });
    assert.deepEqual(before.filter((second) => !after.includes(second)), []);
    const { points } = await s.get('/api/v1/history?of=budget:machine&metric=used&from=-600&step=1');
    assert.ok(points.some(([time]) => time <= before[0]), 'the budget was kept as well');
    const { disk, oldest } = await status(s);
    assert.equal(disk.state, 'ok');
    assert.ok(oldest <= before[0] && disk.bytes > 0);
});

test('what is long over is found after a restart, and the stack of the budget reaches back', async (t) => {
    const s = await scene(t);
    const collector = await collect(s);
    const { program, id } = await watched(s);
    await saved(s);
    const { t: seen } = await s.frame();
    await program.kill();
    await collector.kill('SIGTERM');
    await collect(s);
    assert.equal((await s.frame()).isolates.length, 0, 'the model knows nothing of it');
    assert.ok(seconds(await raw(s, `isolate:${id}`)).length > 0);
    assert.ok(seconds(await raw(s, `process:${program.pid}`, -600, 'rss')).length > 0);
    const other = await watched(s);
    const stack = await until('the budget', async () => {
        const answer = await s.get('/api/v1/budgets/machine/history?from=-600&px=600');
        return answer.used.filter((value) => value !== null).length > 2 && answer;
    });
    const first = stack.from + stack.step * stack.used.findIndex((value) => value !== null);
    assert.ok(first <= seen, `${first} is before ${seen}`);
    assert.ok(stack.parts.some((part) => part.isolate === other.id));
    const answer = await fetch(`${s.url}/api/v1/history?of=isolate:1.1&metric=heap.used`);
    assert.equal(answer.status, 404);
    assert.equal((await answer.json()).error.code, 'no_such_series');
});

test('killed in the middle of writing, again and again, it goes on with what was written', async (t) => {
    const s = await scene(t);
    // many series and short steps: it writes as much as it can
    const begin = () => collect(s, ', raw_step: 100ms, rollup_step: 1s', 'tick: {interval: 50ms}\n');
    let collector = await begin();
    const { program, id } = await watched(s);
    await saved(s);
    const tenths = async () => seconds(await s.get(
        `/api/v1/history?of=isolate:${id}&metric=heap.used&from=-600&step=0.1`))
        .map((time) => Math.round(time * 10));
    let checked = 0;
    for (let round = 0; round < 20; round++) {
        await sleep(0.2 + round * 0.01); // a write is due every 200 ms: die in all phases of it
        const { saved_at: at } = (await status(s)).disk;
        const written = (await tenths()).filter((tenth) => tenth / 10 < at - 0.15);
        await collector.kill('SIGKILL');
        collector = await begin();
        const disk = await saved(s);
        assert.equal(disk.state, 'ok');
        assert.equal(disk.set_aside, 0, collector.stderr);
        assert.equal(disk.damaged, 0);
        const found = new Set(await tenths());
        checked += written.length;
        assert.deepEqual(written.filter((tenth) => !found.has(tenth)), []);
    }
    await collector.kill('SIGKILL');
    assert.ok(checked > 20);
    const check = new Uint8Array(readFileSync(join(state(s), 'history.db')).subarray(0, 15));
    assert.equal(Buffer.from(check).toString(), 'SQLite format 3');
    await program.kill();
});

test('a damaged file is renamed, another one begun, and the daemon says so', async (t) => {
    const s = await scene(t);
    mkdirSync(state(s), { recursive: true });
    writeFileSync(join(state(s), 'history.db'), 'no database at all '.repeat(1000));
    const collector = await collect(s);
    await watched(s);
    const disk = await saved(s);
    assert.equal(disk.state, 'ok');
    assert.equal(disk.set_aside, 1);
    assert.match(readFileSync(join(state(s), 'history.db.corrupt'), 'utf8'), /^no database/);
    assert.match(collector.stderr, /history\.db is damaged; it is history\.db\.corrupt now/);
});

test('a file that is damaged while it is written', async (t) => {
    const s = await scene(t);
    const collector = await collect(s);
    const { id } = await watched(s);
    await saved(s);
    await collector.kill('SIGTERM'); // the log is folded into the file
    const file = openSync(join(state(s), 'history.db'), 'r+');
    for (let page = 1; page < 40; page++) {
        writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, page * 4096);
    }
    closeSync(file);
    await collect(s);
    const disk = await until('another one', async () => {
        const now = (await status(s)).disk;
        return now.set_aside === 1 && now.state === 'ok' && now.rows > 0 && now;
    }, 60);
    assert.equal(disk.state, 'ok');
    assert.ok(seconds(await raw(s, `isolate:${id}`)).length > 0);
});

const canMount = (() => {
    try {
        execFileSync('unshare', ['-m', 'true'], { stdio: 'ignore' });
        return true;
    } catch {
        return false;
    }
})();

/** A file system of its own, unmounted after the test; where it is. */
function mount(t, options) {
    const directory = mkdtempSync(join(tmpdir(), 'isoscope-disk.'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', directory]);
    t.after(() => {
        execFileSync('umount', ['-l', directory]);
        rmdirSync(directory);
    });
    return directory;
}

test('a full disk stops history, not watching, and history goes on when there is room',
    { skip: !canMount && 'mounting needs root' }, async (t) => {
        const s = await scene(t);
        const disk = mount(t, 'size=512k');
        const collector = await collect(s, `, dir: ${disk}`);
        const { id } = await watched(s);
        await saved(s);
        execFileSync('sh', ['-c', `dd if=/dev/zero of=${disk}/ballast bs=4096 2>/dev/null || true`]);
        const stopped = await until('history stops', async () => {
            const now = (await status(s)).disk;
            return now.state === 'stopped' && now;
        }, 120);
        assert.match(stopped.error, /^no room in /);
        assert.match(collector.stderr, /history is not written: no room in .*; watching goes on/);
        assert.match(await (await fetch(`${s.url}/metrics`)).text(), /isoscope_history_up 0\n/);
        const alert = async (state) => (await s.get('/api/v1/alerts')).alerts
            .find((a) => a.id === 'history:disk' && a.state === state);
        const { summary } = await until('the alert fires', () => alert('firing'), 60);
        assert.match(summary, /^History is not written, watching goes on\. no room in /);
        const { tick } = await s.frame();
        await until('watching goes on', async () => (await s.frame()).tick > tick + 4);
        assert.ok(seconds(await raw(s, `isolate:${id}`)).length > 0, 'it is read all the same');
        rmSync(join(disk, 'ballast'));
        await until('history goes on', async () => (await status(s)).disk.state === 'ok', 60);
        assert.match(collector.stderr, /history is written again/);
        await until('the alert is resolved', () => alert('resolved'), 60);
        const { rows } = (await status(s)).disk;
        await until('rows are written', async () => (await status(s)).disk.rows > rows, 60);
        assert.match(await (await fetch(`${s.url}/metrics`)).text(), /isoscope_history_up 1\n/);
        // what the open minute held while the disk was full is there as well
        const all = seconds(await raw(s, `isolate:${id}`));
        assert.ok(all.length > 0);
    });

test('a state directory that cannot be written stops history alone',
    { skip: !canMount && 'mounting needs root' }, async (t) => {
        const s = await scene(t);
        const directory = mount(t, 'ro');
        const collector = await collect(s, '', '', '--state', directory);
        const { id } = await watched(s);
        const disk = await until('it is said', async () => {
            const now = (await status(s)).disk;
            return now.state === 'stopped' && now;
        });
        assert.match(disk.error, /Read-only file system/);
        assert.ok(seconds(await raw(s, `isolate:${id}`)).length > 0, 'from memory');
        execFileSync('mount', ['-o', 'remount,rw', directory]);
        await until('history goes on', async () => (await status(s)).disk.state === 'ok', 60);
        assert.match(collector.stderr, /history is written again/);
        assert.ok(existsSync(join(directory, 'history.db')));
    });

test('two daemons with one state directory: the second one keeps its history in memory', async (t) => {
    const s = await scene(t);
    await collect(s);
    await watched(s);
    await saved(s);
    const port = await freePort();
    const second = s.start('isoscoped', ['--listen', `127.0.0.1:${port}`, '--socket',
        join(s.dir, 'other.sock'), '--state', state(s)]);
    const disk = await until('the second one says so', async () => {
        const now = await (await fetch(`http://127.0.0.1:${port}/api/v1/status`)).json();
        return now.history.disk.state === 'stopped' && now.history.disk;
    });
    assert.match(disk.error, /^another process has /);
    await second.kill('SIGTERM');
    assert.equal((await saved(s)).state, 'ok');
});

test('max_bytes: 0B keeps nothing on disk', async (t) => {
    const s = await scene(t);
    const file = join(s.dir, 'isoscope.yaml');
    writeFileSync(file, 'history: {max_bytes: 0B}\n');
    await s.collector('--config', file);
    const { id } = await watched(s);
    await until('memory answers', async () => seconds(await raw(s, `isolate:${id}`)).length > 1);
    assert.equal((await status(s)).disk.state, 'off');
    assert.ok(!existsSync(join(state(s), 'history.db')));
});
