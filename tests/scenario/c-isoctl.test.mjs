// isoctl against the real collector: tables, JSON, exit codes, and words when nothing is there.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import test from 'node:test';
import { freePort, scene, start, until } from './lib.mjs';

async function ctl(url, ...args) {
    const child = start('isoctl', args, { env: { ...process.env, ISOSCOPE_URL: url } });
    const { code } = await child.ended;
    return { code, stdout: child.stdout, stderr: child.stderr };
}

test('every verb says what the API says', async (t) => {
    const s = await scene(t);
    await s.collector();
    s.run('steady.js');
    const worker = await until('a worker', async () => (await s.frame()).isolates.find((i) => i.name === 'steady-1'));
    for (const args of [['status'], ['processes'], ['processes', String(worker.process)], ['memory'], ['isolates'],
        ['isolates', worker.id], ['budgets'], ['alerts'], ['events'], ['stores'], ['history', `isolate:${worker.id}`, 'heap.used']]) {
        const { code, stdout, stderr } = await ctl(s.url, ...args);
        assert.equal(code, 0, `${args}: ${stderr}`);
        assert.ok(stdout.length > 0);
        assert.doesNotMatch(stdout, /\u001b/, 'no colours into a pipe');
        const json = await ctl(s.url, '--json', ...args);
        assert.equal(json.code, 0);
        assert.equal(typeof JSON.parse(json.stdout), 'object');
    }
    const { stdout } = await ctl(s.url, 'isolates');
    assert.match(stdout, /^ISOLATE +NAME +STATE/);
    const lines = stdout.trimEnd().split('\n');
    const at = lines[0].indexOf('STATE');
    for (const line of lines) {
        assert.equal(line[at - 1], ' ', 'columns line up');
    }
    assert.match(stdout, new RegExp(`${worker.id} +steady-1`));
    const status = await ctl(s.url, 'status');
    assert.ok(status.stdout.startsWith((await s.get('/api/v1/status')).verdict.text.slice(0, 10)));
    const frame = JSON.parse((await ctl(s.url, 'frame', '--isolates=all')).stdout);
    assert.equal(frame.isolates.length, 4);
    const one = await ctl(s.url, 'processes', String(worker.process));
    assert.match(one.stdout, new RegExp(`^pid +${worker.process}$`, 'm'));
    assert.match(one.stdout, /^memory\.anon +-$/m, 'nobody probes it');
    const memory = (await ctl(s.url, 'memory')).stdout.trimEnd().split('\n').map((line) => line.trim().split(/  +/));
    assert.deepEqual(memory[0].slice(0, 6), ['PID', 'NAME', 'STATE', 'RESIDENT', 'ANON', 'FILE']);
    assert.match(memory[1][3], /^[\d.]+ MiB$/, 'as /proc says it');
    assert.deepEqual(new Set(memory[1].slice(4)), new Set(['-']), 'what only a probe knows is not known');
    const nobody = await ctl(s.url, 'processes', '1');
    assert.deepEqual([nobody.code, nobody.stdout], [1, '']);
    const jobs = await ctl(s.url, 'events', '--type=job', '--limit=3');
    assert.equal(jobs.stdout.trimEnd().split('\n').length, 3);
});

test('events --follow goes on', async (t) => {
    const s = await scene(t);
    await s.collector();
    s.run('steady.js');
    const child = s.start('isoctl', ['--url', s.url, 'events', '--follow', '--type', 'job', '--json']);
    await until('jobs over some seconds', () => {
        const seqs = child.stdout.trimEnd().split('\n').slice(0, -1).map((line) => JSON.parse(line).seq);
        return seqs.length > 150 && seqs.every((seq, i) => i === 0 || seq > seqs[i - 1]);
    });
});

test('gc waits for its result; refusals are told', async (t) => {
    const s = await scene(t);
    const file = join(s.dir, 'allow.yaml');
    writeFileSync(file, 'http: {allow_actions: true}\n');
    const shy = await scene(t);
    await shy.collector();
    await s.collector('--config', file);
    s.run('steady.js');
    const worker = await until('a worker', async () => (await s.frame()).isolates.find((i) => i.name === 'steady-1'));
    const done = await until('it listens', async () => { // it is seen from its birth on
        const one = await ctl(s.url, 'gc', worker.id);
        assert.equal(one.code, 0, one.stderr);
        return one;
    });
    assert.equal(done.stdout, 'done\n');
    const nobody = await ctl(s.url, 'gc', '9.9');
    assert.equal(nobody.code, 1);
    assert.match(nobody.stderr, /9\.9/);
    const refused = await ctl(shy.url, 'gc', '9.9');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /allow_actions/);
});

test('nothing there, wrong use', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const gone = await ctl(url, 'status');
    assert.equal(gone.code, 1);
    assert.match(gone.stderr, /nothing answers at .*isoscoped/);
    assert.equal(gone.stderr.trim().split('\n').length, 1);
    for (const args of [['gc'], ['history', 'x'], ['status', 'x'], ['isolates', '--follow'], ['--url', 'ftp://x', 'status'],
        ['--url'], ['--log-level', 'loud', 'status']]) {
        const { code, stderr } = await ctl(url, ...args);
        assert.equal(code, 2, `${args}: ${stderr}`);
        assert.equal(stderr.trim().split('\n').length, 1, stderr);
    }
    assert.equal((await ctl(url, '--help')).code, 0);
    assert.match((await ctl(url, '--version')).stdout, /^isoctl \d/);
});

test('what a server sends cannot steer the terminal', async (t) => {
    const hostile = '\u001b[31m\u009b\u202e\r\u0007x';
    const server = createServer((request, response) => {
        response.end(JSON.stringify({
            events: [{ seq: 1, t: 1e300, type: hostile, isolate: hostile, name: hostile }], next: 2, lost: 0,
            isolates: [{ id: hostile, name: hostile, state: hostile }],
            processes: [{ pid: 1, name: hostile }], alerts: [{ id: hostile, rule: hostile, summary: hostile }],
            verdict: { state: hostile, text: hostile, evidence: hostile },
        }));
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    t.after(() => server.close());
    for (const verb of ['events', 'isolates', 'processes', 'memory', 'alerts', 'status']) {
        const { code, stdout } = await ctl(`http://127.0.0.1:${server.address().port}`, verb);
        assert.equal(code, 0, verb);
        assert.match(stdout, /x/, verb);
        assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/, verb);
    }
});
