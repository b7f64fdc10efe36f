// The collector itself: reload, stop, restart, emitters that speak in lines, and what it makes of a
// program that goes wrong.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { scene, until } from './lib.mjs';

/** An emitter without a segment: this process, in lines. */
async function speak(s) {
    const socket = createConnection(s.socket);
    const answers = [];
    let text = '';
    socket.on('data', (data) => {
        text += data;
        const lines = text.split('\n');
        text = lines.pop();
        answers.push(...lines.map((line) => JSON.parse(line)));
    });
    socket.on('error', () => {});
    const self = {
        answers,
        socket,
        say: (line) => socket.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`),
    };
    self.say({ type: 'hello', version: 1, pid: process.pid, name: 'lines', kind: 'v8' });
    await until('the welcome', () => answers.some((a) => a.type === 'welcome'));
    return self;
}

test('SIGTERM and SIGINT end it cleanly', async (t) => {
    const s = await scene(t);
    for (const signal of ['SIGTERM', 'SIGINT']) {
        const collector = await s.collector();
        assert.ok(existsSync(s.socket));
        const { code } = await collector.kill(signal);
        assert.equal(code, 0, collector.stderr);
        assert.ok(!existsSync(s.socket));
    }
});

test('a second collector on the same socket is refused, the first undisturbed', async (t) => {
    const s = await scene(t);
    await s.collector();
    const second = s.start('isoscoped', ['--listen', '127.0.0.1:0', '--socket', s.socket]);
    const { code } = await second.ended;
    assert.equal(code, 1);
    assert.match(second.stderr, /another collector listens/);
    const emitter = await speak(s);
    emitter.socket.destroy();
});

test('SIGHUP reads the configuration again; a bad one changes nothing', async (t) => {
    const s = await scene(t);
    const file = join(s.dir, 'isoscope.yaml');
    writeFileSync(file, 'budgets:\n  - {name: first, match: "*", limit: 1GiB}\n');
    const collector = await s.collector('--config', file);
    const names = async () => (await s.get('/api/v1/budgets')).budgets.map((b) => b.name);
    await until('the first budget', async () => (await names()).includes('first'));
    writeFileSync(file, 'budgets:\n  - {name: second, match: "*", limit: 1GiB}\n');
    collector.child.kill('SIGHUP');
    await until('the second budget', async () => (await names()).join() === 'second');
    writeFileSync(file, 'budgets: 7\n');
    collector.child.kill('SIGHUP');
    await until('the complaint', () => /isoscope\.yaml:1:10: /.test(collector.stderr));
    assert.deepEqual(await names(), ['second']);
});

test('an emitter without a segment speaks in lines', async (t) => {
    const s = await scene(t);
    await s.collector();
    const emitter = await speak(s);
    emitter.say({ type: 'heap', thread: 2, name: 'w2', used: 1000, total: 5000, external: 7 });
    emitter.say({ type: 'job', thread: 2, name: 'resize', seconds: 0.5, live_after: 900 });
    const isolate = await until('the isolate', async () =>
        (await s.frame()).isolates.find((i) => i.id === `${process.pid}.2` && i.jobs === 1));
    assert.equal(isolate.heap.used, 1000);
    assert.equal(isolate.heap.limit, null);
    assert.deepEqual(isolate.sources, ['agent']);
    const [job] = await s.events('job');
    assert.equal(job.name, 'resize');
    assert.equal(job.seconds, 0.5);
    emitter.say('{"type":"heap"');
    emitter.say({ type: 'heap', thread: 2, used: 2000 });
    await until('the next line', async () =>
        (await s.frame()).isolates.find((i) => i.id === isolate.id).heap.used === 2000);
    assert.equal(emitter.answers.at(-1).line, 4);
    await until('stale', async () =>
        (await s.frame()).isolates.find((i) => i.id === isolate.id).stale);
    await until('heard again', async () => {
        emitter.say({ type: 'heap', thread: 2, used: 3000 });
        return !(await s.frame()).isolates.find((i) => i.id === isolate.id).stale;
    });
    emitter.socket.destroy();
});

test('a leak is named with its job and its rate', async (t) => {
    const s = await scene(t);
    await s.collector();
    s.run('leak.js');
    const alert = await until('the alert', async () =>
        (await s.get('/api/v1/alerts')).alerts.find((a) => a.rule === 'drift' && a.state === 'firing'),
    60);
    assert.match(alert.summary, /keeps [\d.]+ [KM]iB more after every .+ job\./);
    const { verdict } = await s.frame();
    assert.equal(verdict.state, 'rising');
    // that of a machine which meets its limit, for what others do, comes first
    assert.match(verdict.text, /keeps .* more after every|^The machine passes/);
});

test('workers that die of their limit are one alert', async (t) => {
    const s = await scene(t);
    await s.collector();
    const program = s.run('deaths.js', '20', '5');
    await until('all died', () => program.stdout.includes('"exits":20'), 60);
    const alerts = await until('the alert', async () => {
        const list = (await s.get('/api/v1/alerts')).alerts.filter((a) => a.rule === 'worker_crash');
        return list.length > 0 && list[0].value === 20 && list;
    });
    assert.equal(alerts.length, 1);
    assert.equal(alerts[0].severity, 'critical');
    assert.match(alerts[0].summary, /20 times/);
});

test('a budget of processes that is crossed fires, and resolves when they are gone', async (t) => {
    const s = await scene(t);
    const file = join(s.dir, 'isoscope.yaml');
    writeFileSync(file, 'budgets:\n  - {name: tiny, match: "te*", limit: 1MiB, headroom: 0%, for: 0s}\n');
    await s.collector('--config', file);
    const program = s.run('steady.js');
    const find = async (state) => (await s.get('/api/v1/alerts')).alerts
        .find((a) => a.id === 'budget:tiny' && a.state === state);
    const alert = await until('the alert', () => find('firing'));
    assert.match(alert.summary, /^Budget tiny is .* over its head-room line\./);
    const [budget] = (await s.get('/api/v1/budgets')).budgets;
    assert.equal(budget.state, 'over');
    assert.equal(budget.parts.reduce((sum, part) => sum + part.bytes, 0), budget.used);
    assert.equal((await s.frame()).verdict.state, 'over');
    await program.kill();
    await until('resolved', () => find('resolved'));
});

test('ids survive a restart of the collector', async (t) => {
    const s = await scene(t);
    const collector = await s.collector();
    s.run('steady.js');
    const ids = async () => (await s.frame()).isolates.map((i) => i.id).sort().join();
    await until('main and three workers', async () => (await s.frame()).isolates.length === 4);
    const before = await ids();
    await collector.kill('SIGTERM');
    assert.match(readFileSync(join(s.dir, 'state', 'pids'), 'utf8'), /^\d+ \d+$/m);
    await s.collector();
    await until('the same ids', async () => (await ids()) === before);
});

test('a socket that somebody removes is made again', async (t) => {
    const s = await scene(t);
    const collector = await s.collector();
    rmSync(s.socket);
    s.run('steady.js');
    await until('the emitter is seen', async () => (await s.frame()).isolates.length > 0);
    assert.match(collector.stderr, /collector\.sock was removed and is made again/);
});

test('files that come in side by side: each whole or none, and none before its end', async (t) => {
    const s = await scene(t);
    const file = join(s.dir, 'allow.yaml');
    writeFileSync(file, 'http: {allow_actions: true}\n');
    await s.collector('--config', file);
    const emitter = await speak(s);
    emitter.say({ type: 'heap', thread: 0, name: 'main', used: 1000 });
    await until('it is known', async () => (await s.frame()).isolates.length === 1);
    const base64 = (text) => Buffer.from(text).toString('base64');
    const post = async () => (await (await fetch(`${s.url}/api/v1/isolates/${process.pid}.0/snapshot`, { method: 'POST' })).json()).action;
    const state = async (id) => (await s.get(`/api/v1/actions/${id}`)).state;
    const download = (id) => fetch(`${s.url}/api/v1/actions/${id}/file`);
    const ids = [];
    for (let i = 0; i < 9; i++) {
        ids.push(String(await post()));
    }
    await until('all are ordered', () => emitter.answers.filter((one) => one.type === 'command').length === 9);
    for (const id of ids) {
        emitter.say({ type: 'chunk', id, data: '' }); // still to come
        emitter.say({ type: 'chunk', id, data: base64(`begin ${id} `) });
    }
    await until('the ninth has no room', async () => await state(ids[8]) === 'failed');
    assert.deepEqual(await Promise.all(ids.slice(0, 8).map(state)), Array(8).fill('sent'));
    assert.equal((await download(ids[0])).status, 404, 'half a file is none');
    for (const id of ids.slice(0, 8)) {
        const rest = `and end ${id}`;
        const whole = `begin ${id} ${rest}`.length;
        emitter.say({ type: 'chunk', id, data: base64(rest) });
        emitter.say({ type: 'result', id, ok: true, file: true, file_bytes: id === ids[1] ? whole + 1 : whole });
    }
    await until('all have ended', async () => (await Promise.all(ids.map(state))).every((one) => one !== 'sent'));
    for (const id of ids.slice(0, 8)) {
        const answer = await download(id);
        if (id === ids[1]) {
            assert.equal(answer.status, 404, 'one that is not all there is none');
        } else {
            assert.equal(await answer.text(), `begin ${id} and end ${id}`);
        }
    }
    for (let i = 0; i < 30; i++) {
        emitter.say({ type: 'chunk', id: ids[8], data: base64('too late') });
    }
    const refusals = () => emitter.answers.filter((one) => one.error?.startsWith(`chunk: action ${ids[8]} `));
    await until('each is answered', () => refusals().length === 30);
    emitter.say({ type: 'heap', thread: 0, used: 2000 });
    await until('it is still listened to', async () => (await s.frame()).isolates[0].heap.used === 2000);
    emitter.socket.destroy();
});
