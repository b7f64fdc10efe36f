// Notifiers that show who they are and look at who answers: tokens, passwords and certificates from files,
// against real https servers; and that none of it is seen anywhere else.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { freePort, scene, start, until } from './lib.mjs';
import { receiver } from './receiver.mjs';

/** A process called alpha breaks its budget by existing. */
const budgets = 'tick: {interval: 50ms}\nrules: [{kind: limit_audit, enabled: false}]\n'
    + 'budgets: [{name: alpha, match: alpha, limit: 1MiB, for: 0s}]\n';

async function opened(t) {
    const s = await scene(t);
    s.file = (name, text) => {
        writeFileSync(join(s.dir, name), text, { mode: 0o600 });
        return join(s.dir, name);
    };
    s.configure = (notify) => s.file('isoscope.yaml', `${budgets}notify:\n${notify}`);
    s.begin = async (notify) => {
        s.daemon = await s.collector('--log-level', 'debug', '--config', s.configure(notify));
        s.start('isorun', ['--collector', s.socket, '--name', 'alpha', '-e', 'setInterval(function () {}, 1000)']);
    };
    s.notifier = async (name) => (await s.get('/api/v1/status')).notifiers.find((one) => one.name === name);
    s.failing = (name, words) => until(`${name} fails: ${words}`, async () => {
        const one = await s.notifier(name);
        return one.failures > 0 && one.queued === 1 && words.test(one.error);
    }, 30);
    /** A key, and a certificate signed by itself for that address. */
    s.identity = (name, address = 'IP:127.0.0.1') => {
        const key = join(s.dir, `${name}.key`), cert = join(s.dir, `${name}.pem`);
        execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key,
            '-out', cert, '-days', '2', '-subj', `/CN=${name}`, '-addext', `subjectAltName=${address}`], { stdio: 'ignore' });
        return { key: readFileSync(key), cert: readFileSync(cert), keyFile: key, certFile: cert };
    };
    /** Everything that is told by whatever way. */
    s.everything = async () => {
        const paths = ['status', 'alerts', 'frame', 'advice', 'silences', 'events?limit=1000', 'openapi.json'].map((path) => `/api/v1/${path}`);
        const answers = await Promise.all([...paths, '/metrics'].map(async (path) => (await fetch(s.url + path)).text()));
        return [...answers, s.daemon.stdout, s.daemon.stderr, readFileSync(join(s.dir, 'state', 'journal'), 'latin1')].join('\n');
    };
    return s;
}

test('a token from a file, read anew for every attempt', async (t) => {
    const s = await opened(t);
    const tls = s.identity('server');
    const good = 'the-right-token/+=', wrong = 'a-token-of-yesterday';
    const hook = await receiver(t, (request, response) => {
        const shown = request.headers.authorization;
        response.statusCode = shown === `Bearer ${good}` ? 200 : 401;
        response.end(`you showed ${shown}`);
    }, tls);
    const token = s.file('token', `${wrong}\n`);
    await s.begin(`- {kind: webhook, url: '${hook.url}', token_file: ${token}, ca_file: ${tls.certFile}}\n`);
    await s.failing('webhook', /^answered 401$/); // and what it said of it is not repeated
    assert.equal(hook.requests[0].headers.authorization, `Bearer ${wrong}`);
    writeFileSync(token, '');
    await s.failing('webhook', /notify\.token_file: .*\/token: write one line/);
    writeFileSync(token, `${good}\n`);
    await until('delivered', async () => (await s.notifier('webhook')).delivered === 1, 60);
    assert.equal((await s.notifier('webhook')).rejected, 0);
    assert.equal(hook.requests.at(-1).body.alerts[0].labels.subject, 'alpha');
    const told = await s.everything();
    assert.ok(told.includes('notifier webhook: answered 401'), 'the log was read');
    assert.ok(!told.includes(good) && !told.includes(wrong));
});

test('certificates that are wrong: nothing is sent', async (t) => {
    const s = await opened(t);
    const tls = s.identity('server'), other = s.identity('other'), elsewhere = s.identity('elsewhere', 'DNS:elsewhere.example');
    const hook = await receiver(t, undefined, tls);
    const away = await receiver(t, undefined, elsewhere);
    const token = s.file('token', 'nobody-gets-this');
    const broken = s.file('broken.pem', 'no certificate');
    await s.begin(`- {kind: webhook, name: unknown, url: '${hook.url}', token_file: ${token}}\n`
        + `- {kind: webhook, name: stranger, url: '${hook.url}', token_file: ${token}, ca_file: ${other.certFile}}\n`
        + `- {kind: webhook, name: misnamed, url: '${away.url}', token_file: ${token}, ca_file: ${elsewhere.certFile}}\n`
        + `- {kind: webhook, name: unreadable, url: '${hook.url}', token_file: ${token}, ca_file: ${broken}}\n`);
    await s.failing('unknown', /certificate/i);
    await s.failing('stranger', /certificate/i);
    await s.failing('misnamed', /certificate|name/i);
    await s.failing('unreadable', /CA cert|certificate/i);
    assert.equal(hook.requests.length + away.requests.length, 0);
    assert.ok(!(await s.everything()).includes('nobody-gets-this'));
});

const program = '/usr/bin/prometheus-alertmanager';
const skip = existsSync(program) ? false
    : 'SKIPPED: Debian\'s package prometheus-alertmanager is not installed (make deps-check installs it)';

test('Debian\'s own Alertmanager behind a password and TLS', { skip }, async (t) => {
    const s = await opened(t);
    const tls = s.identity('alertmanager');
    const password = 'an entrance, known';
    const port = await freePort();
    const person = await receiver(t);
    const web = s.file('web.yml', `tls_server_config: {cert_file: ${tls.certFile}, key_file: ${tls.keyFile}}\n`
        + 'basic_auth_users: {isoscope: $2b$04$abcdefghijklmnopqrstuuXwUSDQmRjkZHffZSOB2ey40oEZ6nAVu}\n');
    const routes = s.file('alertmanager.yml', 'route: {receiver: person, group_wait: 0s, group_interval: 1s}\n'
        + `receivers:\n- {name: person, webhook_configs: [{url: '${person.url}'}]}\n`);
    s.start(program, [`--config.file=${routes}`, `--storage.path=${join(s.dir, 'am')}`, `--web.config.file=${web}`,
        `--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address=', '--log.level=error']);
    const secret = s.file('password', 'not this one\n');
    await s.begin(`- {kind: alertmanager, url: 'https://127.0.0.1:${port}', username: isoscope, password_file: ${secret}, `
        + `ca_file: ${tls.certFile}, resend: 1s}\n`);
    await s.failing('alertmanager', /^answered 401$/);
    writeFileSync(secret, `${password}\n`);
    await until('the person knows', () => person.states('alpha').length > 0, 90);
    await until('its silences can be asked for', async () => {
        const { alerts } = await s.get('/api/v1/alerts');
        return alerts.find((one) => one.id === 'budget:alpha')?.notified[0] === 'alertmanager';
    });
    const told = await s.everything();
    assert.ok(!told.includes(password) && !told.includes('not this one'));
    assert.ok(!told.includes(Buffer.from(`isoscope:${password}`).toString('base64')));
});

test('files that cannot be used: no start, and no change at a reload', async (t) => {
    const s = await opened(t);
    const refused = async (keys, pattern) => {
        const config = s.configure(`- {kind: webhook, url: 'https://127.0.0.1:1/', ${keys}}\n`);
        const daemon = start('isoscoped', ['--config', config, '--listen', `127.0.0.1:${s.port}`, '--socket', s.socket,
            '--state', join(s.dir, 'state')]);
        assert.equal((await daemon.ended).code, 2, daemon.stderr);
        assert.match(daemon.stderr, pattern);
        assert.ok(!daemon.stderr.includes('two-lines'), daemon.stderr);
    };
    await refused(`token_file: ${s.dir}/none`, /notify\.token_file: .*No such file/);
    await refused(`token_file: ${s.file('empty', ' \n')}`, /notify\.token_file: .*write one line of text/);
    await refused(`username: me, password_file: ${s.file('lines', 'two-lines\r\nX-Header: y\n')}`, /notify\.password_file: .*write one line/);
    await refused(`ca_file: ${s.dir}/none`, /notify\.ca_file: .*No such file/);

    const hook = await receiver(t);
    await s.begin(`- {kind: webhook, url: '${hook.url}'}\n`);
    await until('told', () => hook.states('alpha').length === 1);
    const second = await receiver(t);
    s.configure(`- {kind: webhook, url: '${hook.url}x', token_file: ${s.dir}/none}\n- {kind: webhook, name: second, url: '${second.url}'}\n`);
    s.daemon.child.kill('SIGHUP');
    await until('it is said', () => /a notifier stays as it was: notify\.token_file: .*No such file/.test(s.daemon.stderr));
    await until('the other one is told all the same', () => second.states('alpha').length === 1);
    assert.equal((await s.notifier('webhook')).delivered, 1);
});
