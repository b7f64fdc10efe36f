// The HTTP server under visitors of every kind: methods, headers, pages, filters, garbage, slowness.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';
import { scene, sleep, start, until } from './lib.mjs';

/** One request with headers a fetch() would not send. */
function ask(port, path, { method = 'GET', headers = {} } = {}) {
    return new Promise((done, fail) => {
        const call = request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
            const parts = [];
            answer.on('data', (part) => parts.push(part));
            answer.on('end', () => done({
                status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts),
            }));
        });
        call.on('error', fail);
        call.end();
    });
}

/** Writes bytes to the port and collects what comes back until the end or `seconds`. */
function talk(port, bytes, seconds = 120) {
    return new Promise((done) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
        let heard = '';
        socket.on('data', (data) => { heard += data; });
        socket.on('error', () => {});
        const end = setTimeout(() => socket.destroy(), seconds * 1000);
        socket.on('close', () => { clearTimeout(end); done(heard); });
    });
}

test('methods, headers and the page', async (t) => {
    const s = await scene(t);
    await s.collector();
    const page = await ask(s.port, '/');
    assert.equal(page.status, 200);
    assert.match(page.headers['content-type'], /text\/html/);
    assert.match(page.headers['content-security-policy'], /default-src 'none'; script-src 'self'/);
    assert.match(page.headers['content-security-policy'], /require-trusted-types-for 'script'/);
    assert.equal(page.headers['x-content-type-options'], 'nosniff');
    assert.doesNotMatch(page.body.toString(), /https?:\/\/(?!127)/, 'nothing from elsewhere');

    const tag = page.headers.etag;
    assert.ok(tag);
    const again = await ask(s.port, '/', { headers: { 'If-None-Match': tag } });
    assert.equal(again.status, 304);
    assert.equal(again.body.length, 0);
    const packed = await ask(s.port, '/app.js', { headers: { 'Accept-Encoding': 'br, gzip' } });
    assert.equal(packed.headers['content-encoding'], 'gzip');
    const plain = await ask(s.port, '/app.js', { headers: { 'Accept-Encoding': 'gzip;q=0' } });
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.deepEqual(gunzipSync(packed.body), plain.body);
    assert.equal((await ask(s.port, '/app.js.gz')).status, 404);
    assert.equal((await ask(s.port, '/../etc/passwd')).status, 404);

    const head = await ask(s.port, '/api/v1/frame', { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(head.body.length, 0);
    assert.equal(head.headers['cache-control'], 'no-store');
    assert.equal((await ask(s.port, '/api/v1/stream', { method: 'HEAD' })).status, 200);
    const wrong = await ask(s.port, '/api/v1/frame', { method: 'DELETE' });
    assert.equal(wrong.status, 405);
    assert.equal(wrong.headers.allow, 'GET, HEAD');
    const post = await ask(s.port, '/api/v1/isolates/1.0/gc');
    assert.equal(post.status, 405);
    assert.equal(post.headers.allow, 'POST');
    for (const path of ['/healthz', '/readyz']) {
        assert.deepEqual(await s.get(path), { status: 'ok' });
    }
});

test('Host and Origin', async (t) => {
    const s = await scene(t);
    const file = join(s.dir, 'allow.yaml');
    writeFileSync(file, 'http: {allow_actions: true}\n');
    await s.collector('--config', file);
    for (const [host, status] of [
        ['localhost', 200], [`localhost:${s.port}`, 200], ['127.0.0.1', 200], ['[::1]:80', 200],
        ['127.9.9.9', 200], ['LocalHost.', 200], ['evil.example', 403], ['127.0.0.1.evil', 403],
        ['localhost.evil', 403], ['10.0.0.1', 403], ['[::1', 403], ['localhost:x', 403],
    ]) {
        const answer = await ask(s.port, '/api/v1/status', { headers: { Host: host } });
        assert.equal(answer.status, status, `Host: ${host}`);
    }
    assert.equal((await ask(s.port, '/', { headers: { Host: 'evil.example' } })).status, 403);
    const own = `127.0.0.1:${s.port}`;
    for (const [origin, status] of [
        [undefined, 404], [`http://${own}`, 404], ['http://evil.example', 403], ['null', 403],
        [`https://${own}`, 403], [`http://${own}.evil`, 403], ['http://127.0.0.1:1', 403],
    ]) {
        const headers = origin === undefined ? {} : { Origin: origin };
        const answer = await ask(s.port, '/api/v1/isolates/9.9/gc', { method: 'POST', headers });
        assert.equal(answer.status, status, `Origin: ${origin}`);
    }
});

test('lists: pages and filters', async (t) => {
    const s = await scene(t);
    await s.collector();
    s.run('steady.js');
    const all = await until('the workers', async () => {
        const { isolates } = await s.get('/api/v1/isolates');
        return isolates.filter((i) => /^steady-/.test(i.name)).length === 3 && isolates;
    });
    const paged = [];
    for (let cursor = ''; cursor !== null;) {
        const page = await s.get(`/api/v1/isolates?limit=1${cursor && `&cursor=${cursor}`}`);
        assert.equal(page.isolates.length, 1);
        paged.push(page.isolates[0].id);
        cursor = page.next;
    }
    assert.deepEqual(paged, all.map((i) => i.id));
    assert.equal((await ask(s.port, '/api/v1/isolates?cursor=9.9')).status, 400);
    const named = await s.get('/api/v1/isolates?name=steady-*');
    assert.equal(named.isolates.length, 3);
    assert.equal((await s.get(`/api/v1/isolates?process=${all[0].process}`)).isolates.length, all.length);
    assert.equal((await s.get('/api/v1/isolates?process=1')).isolates.length, 0);
    assert.equal((await s.get('/api/v1/isolates?state=oom')).isolates.length, 0);
    assert.equal((await ask(s.port, '/api/v1/isolates?state=happy')).status, 400);
    const one = await s.get(`/api/v1/isolates/${all[0].id}`);
    assert.equal(one.id, all[0].id);
    assert.equal((await s.get(`/api/v1/processes/${all[0].process}`)).pid, all[0].process);
});

test('history of an isolate and of a budget', async (t) => {
    const s = await scene(t);
    await s.collector();
    s.run('steady.js');
    const { budgets, isolates } = await until('a budget', async () => {
        const frame = await s.frame();
        return frame.budgets.length > 0 && frame.isolates.length > 3 && frame;
    });
    const points = await until('points', async () => {
        const answer = await s.get(`/api/v1/history?of=isolate:${isolates[0].id}&metric=heap.used`);
        return answer.points.length >= 2 && answer.points;
    });
    for (const [time, min, avg, max] of points) {
        assert.ok(time > 1.7e9 && (avg === null || (min <= avg && avg <= max)));
    }
    const name = encodeURIComponent(budgets[0].name);
    const stack = await s.get(`/api/v1/budgets/${name}/history?from=-60&px=60&top=2`);
    assert.equal(stack.used.length, 60);
    assert.deepEqual(stack.parts.slice(2).map((part) => part.kind),
        ['others', 'external', 'shared', 'in_flight', 'unattributed']);
    for (const part of stack.parts) {
        assert.equal(part.bytes.length, 60, part.kind);
    }
    assert.equal(stack.used[0], null, 'before the start nothing was known');
    assert.ok(stack.used.some((bytes) => bytes > 0));
});

test('garbage and slowness disturb nobody', async (t) => {
    const s = await scene(t);
    await s.collector();
    for (const bytes of ['\0\0\0\0\r\n\r\n', 'GET\r\n\r\n', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n',
        'GET /api/v1/frame HTTP/1.1\r\n\r\n', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n',
        'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n',
        `GET /${'x'.repeat(100000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
        `GET / HTTP/1.1\r\nHost: localhost\r\n${'X: y\r\n'.repeat(20000)}\r\n`,
        'GET /%ff%zz?%=&=&&?? HTTP/1.1\r\nHost: localhost\r\n\r\n',
        `GET /api/v1/frame?${'a=1&'.repeat(50)} HTTP/1.1\r\nHost: localhost\r\n\r\n`]) {
        assert.doesNotMatch(await talk(s.port, bytes, 1), /HTTP\/1.1 (200|5(?!0[135]))/, JSON.stringify(bytes.slice(0, 60)));
        assert.deepEqual(await s.get('/healthz'), { status: 'ok' });
    }
    // half requests that never end, more than a few
    const slow = Array.from({ length: 50 }, () => connect(s.port, '127.0.0.1').on('error', () => {}));
    slow.forEach((socket) => socket.write('GET /api/v1/frame HTTP/1.1\r\nHost: local'));
    // and readers that ask for much and read nothing
    const deaf = Array.from({ length: 20 }, () => connect(s.port, '127.0.0.1').on('error', () => {}).pause());
    deaf.forEach((socket) => socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(50)));
    await sleep(0.3);
    for (let i = 0; i < 20; i++) {
        assert.ok((await s.frame()).tick > 0);
    }
    [...slow, ...deaf].forEach((socket) => socket.destroy());
    const big = await talk(s.port, 'POST /api/v1/isolates/1.0/gc HTTP/1.1\r\nHost: localhost\r\n'
        + `Content-Length: 100000\r\nConnection: close\r\n\r\n${'x'.repeat(100000)}`);
    assert.match(big, /^HTTP\/1.1 413 /);
});

test('listening where others can reach needs to be allowed', async (t) => {
    const s = await scene(t);
    const refused = start('isoscoped', ['--listen', `0.0.0.0:${s.port}`, '--socket', s.socket,
        '--state', join(s.dir, 'state')]);
    assert.equal((await refused.ended).code, 2);
    assert.match(refused.stderr, /allow_remote/);
    const file = join(s.dir, 'remote.yaml');
    writeFileSync(file, `http: {allow_remote: true, listen: '0.0.0.0:${s.port}'}\n`);
    s.start('isoscoped', ['--config', file, '--socket', s.socket, '--state', join(s.dir, 'state')]);
    await until('it answers', async () => (await s.get('/healthz')).status === 'ok');
    assert.equal((await ask(s.port, '/healthz', { headers: { Host: '10.0.0.1' } })).status, 200);
    assert.equal((await ask(s.port, '/healthz', { headers: { Host: 'evil.example' } })).status, 403);
});
