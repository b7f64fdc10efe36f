// Whatever comes from outside: a clear line that says what to do, the right code, nothing disturbed.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { bin, freePort, scene, start, until } from './lib.mjs';

const oneLine = (text) => text.trim().split('\n').length === 1;

async function ends(program, args) {
    const child = start(program, args);
    const { code } = await child.ended;
    return { code, stderr: child.stderr, stdout: child.stdout };
}

test('an unknown configuration key is told with line and column', async (t) => {
    const s = await scene(t);
    const file = join(s.dir, 'bad.yaml');
    writeFileSync(file, 'http:\n  listen: 127.0.0.1:0\ntick:\n  intervall: 250ms\n');
    for (const more of [[], ['--check-config']]) {
        const { code, stderr } = await ends('isoscoped', ['--config', file, ...more]);
        assert.equal(code, 2);
        assert.ok(oneLine(stderr), stderr);
        assert.match(stderr, /bad\.yaml:4:3: .*intervall/);
        assert.match(stderr, /interval/);
    }
});

test('a bad configuration value is told with line and column', async (t) => {
    const s = await scene(t);
    const file = join(s.dir, 'bad.yaml');
    for (const [text, where] of [
        ['tick:\n  interval: soon\n', /:2:13: /], ['drift:\n  band: 0.05x\n', /:2:9: /],
        ['http: [1]\n', /:1:7: /], ['tick: {interval: 1s\n', /:\d+:\d+: /],
    ]) {
        writeFileSync(file, text);
        const { code, stderr } = await ends('isoscoped', ['--config', file, '--check-config']);
        assert.equal(code, 2, text);
        assert.ok(oneLine(stderr), stderr);
        assert.match(stderr, where);
    }
});

test('bad usage is exit 2 with one line', async () => {
    for (const [program, args] of [
        ['isoscoped', ['--nonsense']], ['isoscoped', ['--listen', 'nowhere']],
        ['isoscoped', ['--config', '/nonexistent.yaml']],
        ['isorun', ['--nonsense']], ['isorun', []], ['isorun', ['--max-old-space-size=x', 'a.js']],
        ['isoctl', ['--nonsense']], ['isoctl', []], ['isoctl', ['frobnicate']],
    ]) {
        const { code, stderr } = await ends(program, args);
        assert.equal(code, 2, `${program} ${args}: ${stderr}`);
        assert.ok(oneLine(stderr), `${program} ${args}: ${stderr}`);
    }
});

test('scripts that cannot run', async (t) => {
    const s = await scene(t);
    const missing = await ends('isorun', ['--collector', 'none', join(s.dir, 'missing.js')]);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /missing\.js/);
    const file = join(s.dir, 'wrong.js');
    writeFileSync(file, 'var a = 1;\nvar b = 2;\nvar c = (a + ;\n');
    const wrong = await ends('isorun', ['--collector', 'none', file]);
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /wrong\.js:3/);
    assert.match(wrong.stderr, /var c = \(a \+ ;/);
    assert.match(wrong.stderr, /^ *\^/m);
    assert.match(wrong.stderr, /SyntaxError/);
    writeFileSync(file, `var a = "${'x'.repeat(100000)}\u001b[31m"; var c = (a + ;`);
    const endless = await ends('isorun', ['--collector', 'none', file]);
    assert.equal(endless.code, 1);
    assert.match(endless.stderr, /var c = \(a \+ ;\n +\^/);
    assert.ok(endless.stderr.length < 2000, 'the line is cut');
    assert.doesNotMatch(endless.stderr, /\u001b/);
});

test('a port in use and a socket path too long', async (t) => {
    const s = await scene(t);
    await s.collector();
    const second = await ends('isoscoped', ['--listen', `127.0.0.1:${s.port}`, '--socket',
        join(s.dir, 'other.sock'), '--state', join(s.dir, 'other')]);
    assert.equal(second.code, 1);
    assert.ok(oneLine(second.stderr), second.stderr);
    assert.match(second.stderr, new RegExp(`127\\.0\\.0\\.1:${s.port}`));

    const taken = await ends('isoscoped', ['--listen', `127.0.0.1:${await freePort()}`, '--socket',
        s.socket, '--state', join(s.dir, 'other')]);
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, /collector\.sock/);

    const deep = join(s.dir, 'x'.repeat(120), 'c.sock');
    const long = await ends('isoscoped', ['--listen', `127.0.0.1:${await freePort()}`, '--socket',
        deep, '--state', join(s.dir, 'other')]);
    assert.equal(long.code, 2);
    assert.ok(oneLine(long.stderr), long.stderr);
    assert.match(long.stderr, /107/);
});

test('hostile emitters are refused or clamped, others undisturbed', async (t) => {
    const s = await scene(t);
    const collector = await s.collector();
    const program = s.run('busy.js');
    await until('the honest one', async () => (await s.frame()).isolates.length === 4);
    const refused = ['unsealed', 'too_small', 'too_large', 'magic', 'version', 'header_bytes',
        'segment_bytes', 'pid', 'start_time', 'slot_count', 'store_count', 'pin_count',
        'string_bytes', 'ring_records'];
    const clamped = ['slot_used', 'store_used', 'pin_used', 'string_used', 'process_words',
        'slot_words', 'slot_name', 'store_words', 'ring_committed', 'ring_reserved', 'ring_words'];
    const tool = join(dirname(bin), 'tests', 'hostile');
    for (const mode of ['garbage', ...refused, ...clamped]) {
        const child = s.start(tool, [s.socket, mode], {});
        await child.ended;
        if (!clamped.includes(mode)) {
            assert.match(child.stdout, /"error"/, `${mode}: ${child.stdout}`);
        }
        assert.equal(collector.child.exitCode, null, `${mode}: the collector lives`);
        const frame = await s.frame();
        const honest = frame.isolates.filter((i) => i.process === program.pid);
        assert.equal(honest.length, 4, `${mode}: the honest one is still there`);
        assert.ok(honest.every((i) => !i.stale));
        const metrics = await fetch(`${s.url}/metrics`);
        assert.equal(metrics.status, 200);
    }
});

function raw(port, path, options = {}) {
    return new Promise((done, fail) => {
        const r = request({ host: '127.0.0.1', port, path, ...options }, (answer) => {
            let body = '';
            answer.on('data', (d) => { body += d; });
            answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, body }));
        });
        r.on('error', fail);
        r.end();
    });
}

test('HTTP: bad queries, foreign hosts, actions not allowed', async (t) => {
    const s = await scene(t);
    await s.collector();
    for (const [path, status] of [
        ['/api/v1/frame?isolate=all', 400], ['/api/v1/frame?isolates=top:x', 400],
        ['/api/v1/events?since=-1', 400], ['/api/v1/events?limit=0', 400],
        ['/api/v1/events?type=nothing', 400],
        ['/api/v1/history?of=isolate:1.0', 400], ['/api/v1/history?of=x&metric=y', 400],
        ['/api/v1/isolates/9.9', 404], ['/api/v1/nothing', 404], ['/nothing', 404],
    ]) {
        const { status: got, body } = await raw(s.port, path);
        assert.equal(got, status, `${path}: ${body}`);
        const { error } = JSON.parse(body);
        assert.ok(error.code && error.message && error.hint, body);
    }
    const foreign = await raw(s.port, '/api/v1/frame', { headers: { Host: 'evil.example' } });
    assert.equal(foreign.status, 403);
    const post = await raw(s.port, '/api/v1/isolates/1.0/gc', { method: 'POST' });
    assert.equal(post.status, 403);
    assert.match(JSON.parse(post.body).error.hint, /allow_actions/);
    const put = await raw(s.port, '/api/v1/frame', { method: 'PUT' });
    assert.equal(put.status, 405);
});

test('a collection on demand, when actions are allowed', async (t) => {
    const s = await scene(t);
    const file = join(s.dir, 'allow.yaml');
    writeFileSync(file, 'http:\n  allow_actions: true\n');
    await s.collector('--config', file);
    s.run('busy.js');
    const isolate = await until('a worker', async () => (await s.frame()).isolates
        .find((i) => i.name === 'busy-1' && i.state !== 'starting'));
    const evil = await raw(s.port, `/api/v1/isolates/${isolate.id}/gc`,
        { method: 'POST', headers: { Origin: 'http://evil.example' } });
    assert.equal(evil.status, 403);
    const { status, body } = await raw(s.port, `/api/v1/isolates/${isolate.id}/gc`, { method: 'POST' });
    assert.equal(status, 202, body);
    const { action } = JSON.parse(body);
    await until('the action is done', async () => /done|ok/.test(
        JSON.stringify(await s.get(`/api/v1/actions/${action}`))));
    await until('its gc event', async () => (await s.events('gc'))
        .some((e) => e.isolate === isolate.id && e.kind === 'forced'));
});
