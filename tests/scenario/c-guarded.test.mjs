// A server that asks for a token and speaks TLS: who gets in, what is told to the others, a new token
// at SIGHUP, files that cannot be used.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import test from 'node:test';
import { scene, start, until } from './lib.mjs';

const TOKEN = 'a-token-of-some-length-0123456789';
const bearer = (token) => ({ headers: { Authorization: `Bearer ${token}` } });
const basic = (token) => ({ headers: { Authorization: `Basic ${Buffer.from(`anybody:${token}`).toString('base64')}` } });

function configured(s, lines) {
    const config = join(s.dir, 'isoscope.yaml');
    writeFileSync(config, `http:\n${lines.map((line) => `  ${line}\n`).join('')}`);
    return config;
}

test('without the token nothing is shown', async (t) => {
    const s = await scene(t);
    const file = join(s.dir, 'token');
    writeFileSync(file, `${TOKEN}\n`, { mode: 0o600 });
    const daemon = await s.collector('--config', configured(s, [`token_file: ${file}`, 'allow_actions: true']));

    for (const path of ['/', '/app.js', '/metrics', '/api/v1/frame', '/api/v1/stream', '/api/v1/openapi.json', '/none']) {
        const refused = await fetch(s.url + path);
        assert.equal(refused.status, 401, path);
        assert.match(refused.headers.get('www-authenticate'), /^Basic realm="isoscope"/);
        assert.equal((await refused.json()).error.code, 'no_token');
        for (const wrong of [bearer(`${TOKEN}x`), bearer(TOKEN.slice(1)), bearer(''), basic('x'), basic(''),
            { headers: { Authorization: TOKEN } }, { headers: { Authorization: 'Basic !!' } }]) {
            assert.equal((await fetch(s.url + path, wrong)).status, 401, `${path} ${wrong.headers.Authorization}`);
        }
    }
    assert.equal((await fetch(`${s.url}/api/v1/isolates/1.1/gc`, { method: 'POST' })).status, 401);
    assert.equal((await fetch(`${s.url}/healthz`)).status, 200);
    assert.equal((await fetch(`${s.url}/readyz`)).status, 200);
    assert.equal((await fetch(`${s.url}/`, basic(TOKEN))).status, 200);
    assert.equal((await fetch(`${s.url}/api/v1/frame`, bearer(TOKEN))).status, 200);

    const asked = (token) => start('isoctl', ['--url', s.url, 'status'], { env: { ...process.env, ISOSCOPE_TOKEN: token } });
    assert.equal((await asked(TOKEN).ended).code, 0);
    const turned = asked('');
    assert.equal((await turned.ended).code, 1);
    assert.match(turned.stderr, /asks for a token; send .*ISOSCOPE_TOKEN/);

    const second = TOKEN.toUpperCase();
    writeFileSync(file, second);
    daemon.child.kill('SIGHUP');
    await until('the new token is taken', async () => (await fetch(`${s.url}/metrics`, bearer(second))).ok);
    assert.equal((await fetch(`${s.url}/metrics`, bearer(TOKEN))).status, 401);
    writeFileSync(file, 'short');
    daemon.child.kill('SIGHUP');
    await until('a bad token is told', () => /the token stays as it was: .*16 to 4096 characters/.test(daemon.stderr));
    assert.equal((await fetch(`${s.url}/metrics`, bearer(second))).status, 200);
});

test('https with a certificate of one\'s own', async (t) => {
    const s = await scene(t);
    const key = join(s.dir, 'key.pem'), cert = join(s.dir, 'cert.pem');
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key,
        '-out', cert, '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'], { stdio: 'ignore' });
    const daemon = s.start('isoscoped', ['--config', configured(s, [`tls_cert: ${cert}`, `tls_key: ${key}`, 'allow_actions: true']),
        '--listen', `127.0.0.1:${s.port}`, '--socket', s.socket, '--state', join(s.dir, 'state')]);
    const ca = execFileSync('cat', [cert]);
    const ask = (path, { method = 'GET', headers = {} } = {}) => new Promise((done, fail) => {
        const call = request({ host: 'localhost', port: s.port, path, method, ca, headers }, (answer) => {
            let text = '';
            answer.on('data', (data) => {
                text += data;
                if (path.includes('stream') && text.includes('event: tick')) {
                    answer.destroy();
                    done({ status: answer.statusCode, text });
                }
            });
            answer.on('end', () => done({ status: answer.statusCode, text }));
        });
        call.on('error', fail);
        call.end();
    });
    await until('it answers over TLS', async () => (await ask('/healthz')).status === 200);
    assert.equal(JSON.parse((await ask('/api/v1/frame')).text).processes.length, 0);
    assert.match((await ask('/api/v1/stream?every=0.25')).text, /event: frame[^]*event: tick/);
    const origin = `https://localhost:${s.port}`;
    assert.equal((await ask('/api/v1/isolates/1.1/gc', { method: 'POST', headers: { Origin: origin } })).status, 404);
    assert.equal((await ask('/api/v1/isolates/1.1/gc', { method: 'POST', headers: { Origin: origin.replace('https', 'http') } })).status, 403);
    await assert.rejects(fetch(s.url + '/healthz'), 'plain text is not understood');

    const env = { ...process.env, ISOSCOPE_CA_FILE: cert };
    assert.equal((await start('isoctl', ['--url', origin, 'status'], { env }).ended).code, 0);
    const suspicious = start('isoctl', ['--url', origin, 'status']);
    assert.equal((await suspicious.ended).code, 1);
    assert.match(suspicious.stderr, /certificate/i);
    assert.equal(daemon.child.exitCode, null);
});

test('secrets that cannot be used end the start with what to do', async (t) => {
    const s = await scene(t);
    const file = join(s.dir, 'file');
    const refused = async (content, lines, pattern) => {
        writeFileSync(file, content);
        const daemon = start('isoscoped', ['--config', configured(s, lines), '--listen', `127.0.0.1:${s.port}`,
            '--socket', s.socket, '--state', join(s.dir, 'state')]);
        assert.equal((await daemon.ended).code, 2, daemon.stderr);
        assert.match(daemon.stderr, pattern);
    };
    await refused('', [`token_file: ${s.dir}/none`], /http\.token_file: .*No such file/);
    await refused('', [`token_file: ${file}`], /16 to 4096 characters; make one with/);
    await refused('two words of some length', [`token_file: ${file}`], /one word/);
    await refused('x'.repeat(70000), [`token_file: ${file}`], /File too large/);
    await refused('', [`token_file: ${s.dir}`], /http\.token_file: .*directory/);
    await refused('', [`tls_cert: ${file}`], /go together/);
    await refused('no certificate', [`tls_cert: ${file}`, `tls_key: ${file}`], /do not make a pair/);
});
