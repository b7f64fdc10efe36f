// Who is told of alerts: webhooks and programs, however they behave; what a kill -9 leaves; silences.
import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { scene, until } from './lib.mjs';
import { rawReceiver, receiver } from './receiver.mjs';

/** Processes called alpha and beta have a budget each that they break by existing. */
const budgets = 'http: {allow_actions: true}\ntick: {interval: 50ms}\nrules: [{kind: limit_audit, enabled: false}]\nbudgets:\n'
    + ['alpha', 'beta'].map((name) => `- {name: ${name}, match: ${name}, limit: 1MiB, for: 0s}\n`).join('');

async function notifying(t, notify) {
    const s = await scene(t);
    const file = join(s.dir, 'isoscope.yaml');
    s.configure = (text) => writeFileSync(file, `${budgets}notify:\n${text}`);
    s.configure(notify);
    s.begin = () => s.collector('--config', file);
    s.daemon = await s.begin();
    s.breaks = (name) => s.start('isorun', ['--collector', s.socket, '--name', name, '-e', 'setInterval(function () {}, 1000)']);
    s.alert = async (name) => (await s.get('/api/v1/alerts')).alerts.find((one) => one.id === `budget:${name}`);
    s.notifier = async (name) => (await s.get('/api/v1/status')).notifiers.find((one) => one.name === name);
    s.ctl = async (...args) => {
        const child = s.start('isoctl', ['--url', s.url, ...args]);
        const { code } = await child.ended;
        return { code, stdout: child.stdout, stderr: child.stderr };
    };
    return s;
}

test('a webhook gets what Alertmanager would send, once each', async (t) => {
    const hook = await receiver(t);
    const s = await notifying(t, `- {kind: webhook, url: '${hook.url}'}\n`);
    const alpha = s.breaks('alpha');
    await until('firing', () => hook.states('alpha').length === 1);
    s.breaks('beta'); /* the first one fires on: it masks nothing */
    await until('the other', () => hook.states('beta').length === 1);
    await alpha.kill();
    await until('resolved', () => hook.states('alpha').length === 2);
    assert.deepEqual(hook.states('alpha'), ['firing', 'resolved']);
    assert.deepEqual(hook.states('beta'), ['firing']);
    const [first] = hook.requests;
    assert.equal(first.headers['content-type'], 'application/json');
    assert.ok(Number(first.headers['x-isoscope-notification']) > 0);
    const { body } = first;
    assert.equal(body.version, '4');
    assert.equal(body.receiver, 'webhook');
    assert.equal(body.status, 'firing');
    assert.equal(body.truncatedAlerts, 0);
    assert.match(body.groupKey, /alertname="budget"/);
    const [alert] = body.alerts;
    assert.deepEqual(Object.keys(alert.labels).sort(), ['alertname', 'instance', 'job', 'process', 'severity', 'subject']);
    assert.deepEqual(body.commonLabels, alert.labels);
    assert.equal(alert.labels.process, 'alpha');
    assert.equal(alert.labels.severity, 'critical');
    assert.match(alert.fingerprint, /^[0-9a-f]{16}$/);
    assert.match(alert.annotations.summary, /Budget alpha is .* over its head-room line\.$/);
    assert.equal(alert.endsAt, '0001-01-01T00:00:00Z');
    const last = hook.requests.find((one) => one.body.status === 'resolved').body.alerts[0];
    assert.deepEqual(last.labels, alert.labels);
    assert.equal(last.startsAt, alert.startsAt);
    assert.ok(Date.parse(last.endsAt) >= Date.parse(last.startsAt));
    const known = await until('three delivered', async () => {
        const one = await s.notifier('webhook');
        return one.delivered === 3 && one;
    });
    assert.equal(known.queued + known.failures + known.rejected + known.expired + known.overflowed, 0);
    const metrics = await (await fetch(`${s.url}/metrics`)).text();
    assert.match(metrics, /^isoscope_notifications_total\{notifier="webhook",result="delivered"\} 3$/m);
});

test('killed while firing: nothing is lost, nothing doubled', async (t) => {
    const hook = await receiver(t);
    const dead = await receiver(t, (request, response) => { response.statusCode = 503; response.end(); });
    const s = await notifying(t, `- {kind: webhook, url: '${hook.url}'}\n- {kind: webhook, name: dead, url: '${dead.url}'}\n`);
    const alpha = s.breaks('alpha');
    s.breaks('beta');
    await until('both fire', () => hook.states('alpha').length === 1 && hook.states('beta').length === 1);
    await until('receipts are in', async () => (await s.notifier('webhook')).queued === 0);
    const { since } = await s.alert('alpha');
    for (let i = 0; i < 3; i++) {
        await s.daemon.kill();
        s.daemon = await s.begin();
        const restored = await s.alert('alpha');
        assert.equal(restored.state, 'firing', 'from the first tick on');
        assert.equal(restored.since, since);
        await until('its program is back', async () => (await s.get('/api/v1/processes')).processes.length >= 2);
    }
    assert.equal((await s.notifier('dead')).queued, 2, 'what was not received waits on');
    dead.behave = undefined;
    await until('the other one works again', async () => (await s.notifier('dead')).queued === 0, 60);
    await alpha.kill();
    await until('resolved', () => hook.states('alpha').length === 2 && dead.states('alpha').at(-1) === 'resolved', 40);
    assert.deepEqual(hook.states('alpha'), ['firing', 'resolved']);
    assert.deepEqual(hook.states('beta'), ['firing']);
    const numbers = dead.requests.filter((one) => one.body.alerts[0].labels.subject === 'beta')
        .map((one) => one.headers['x-isoscope-notification']);
    assert.equal(new Set(numbers).size, 1, 'the same number however often it is tried');
});

test('what ends while the collector is away is told as over', async (t) => {
    const hook = await receiver(t);
    const s = await notifying(t, `- {kind: webhook, url: '${hook.url}'}\n`);
    const spins = s.start('isorun', ['--collector', s.socket, '--name', 'spins', '-e', 'setTimeout(function () { for (;;) {} }, 10)']);
    const id = `main_blocked:${spins.pid}.0`;
    const find = async () => (await s.get('/api/v1/alerts')).alerts.find((one) => one.id === id);
    await until('it fires', async () => (await find())?.state === 'firing', 60);
    await until('and was told', async () => (await s.notifier('webhook')).queued === 0 && hook.states(`${spins.pid}.0`).length === 1);
    await s.daemon.kill();
    await spins.kill();
    const begun = Date.now() / 1000;
    await s.begin();
    assert.equal((await find()).state, 'firing', 'it may come back');
    const { resolved_at: over } = await until('it is over', async () => (await find()).state === 'resolved' && find(), 30);
    assert.ok(over - begun < 45, `after ${over - begun} of the 60 s that silence has otherwise`);
    await until('and told as over', () => hook.states(`${spins.pid}.0`).length === 2);
    assert.deepEqual(hook.states(`${spins.pid}.0`), ['firing', 'resolved']);
});

test('a journal that is torn, damaged or none at all', async (t) => {
    const hook = await receiver(t);
    const s = await notifying(t, `- {kind: webhook, url: '${hook.url}'}\n`);
    s.breaks('alpha');
    await until('firing', async () => hook.states('alpha').length === 1 && (await s.notifier('webhook')).delivered === 1);
    const journal = join(s.dir, 'state', 'journal');
    await s.daemon.kill();
    appendFileSync(journal, '00000000 {"alert":1}\nnot ours\n12345678 {"torn":');
    s.daemon = await s.begin();
    assert.equal((await s.alert('alpha')).state, 'firing');
    assert.equal((await s.get('/api/v1/status')).journal.skipped, 3);
    await s.daemon.kill();
    writeFileSync(journal, 'something else entirely\n');
    s.daemon = await s.begin();
    assert.equal(readFileSync(`${journal}.bad`, 'utf8'), 'something else entirely\n');
    assert.match(s.daemon.stderr, /kept as .*journal\.bad/);
    await until('it is told anew, for nothing is known', () => hook.states('alpha').length === 2);
});

test('receivers that misbehave cost a bounded time and harm nobody else', async (t) => {
    const good = await receiver(t);
    const hangs = await rawReceiver(t, () => {});
    const waits = await rawReceiver(t, () => {});
    const drops = await rawReceiver(t, (socket, count) => (count === 0
        ? socket.end('HTTP/1.1 2')
        : socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort')));
    const fails = await receiver(t, (request, response) => { response.statusCode = 500; response.end('out of order'); });
    const moved = await receiver(t, (request, response) => { response.writeHead(302, { Location: good.url }); response.end(); });
    const wrong = await receiver(t, (request, response) => { response.statusCode = 400; response.end('I do not\nlike it'); });
    const chunk = Buffer.alloc(1 << 16, 'x');
    let poured = 0;
    const pours = await rawReceiver(t, (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n');
        const pour = () => { while (!socket.destroyed && socket.write(chunk)) { poured += chunk.length; } };
        socket.on('drain', pour);
        pour();
    });
    const headers = await rawReceiver(t, (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const pour = () => { while (!socket.destroyed && socket.write('X: y\r\n'.repeat(10000))) { /* on */ } };
        socket.on('drain', pour);
        pour();
    });
    const all = { hangs, drops, fails, moved, wrong, pours, headers };
    const s = await notifying(t, `- {kind: webhook, url: '${good.url}', name: good}\n`
        + Object.entries(all).map(([name, { url }]) => `- {kind: webhook, url: '${url}', name: ${name}, timeout: 1s}\n`).join('')
        + `- {kind: webhook, url: '${waits.url}', name: waits, timeout: 1m}\n`
        + '- {kind: webhook, url: \'http://127.0.0.1:1/\', name: nobody}\n'
        + '- {kind: webhook, url: \'http://none.invalid/\', name: nowhere}\n');
    const alpha = s.breaks('alpha');
    await until('the good one', () => good.states('alpha').length === 1);
    assert.equal((await s.notifier('waits')).failures, 0, 'while another one is waited for');
    const of = (name, what, probe) => until(`${name}: ${what}`, async () => {
        const one = await s.notifier(name);
        return probe(one) && one;
    });
    const failing = (name, words) => of(name, words, (one) => one.failures > 1 && one.queued === 1 && words.test(one.error));
    await Promise.all([
        failing('hangs', /no answer within 1 s/),
        failing('fails', /answered 500: out of order/),
        failing('moved', /answered 302: redirects are not followed/),
        failing('headers', /headers are too large/),
        failing('nobody', /connect/i),
        failing('nowhere', /resolve/i),
        of('wrong', 'rejected', (one) => one.rejected === 1 && one.queued === 0),
        of('drops', 'tried again, and 200 is 200', (one) => one.failures === 1 && one.delivered === 1),
        of('pours', 'delivered', (one) => one.delivered === 1),
    ]);
    assert.ok(poured < 64 << 20, `${poured} bytes were taken`);
    assert.match(s.daemon.stderr, /wrong: budget:alpha \(firing\) is lost: answered 400: I do not like it/);
    assert.equal((await s.notifier('moved')).delivered, 0);
    await alpha.kill();
    await until('the good one again', () => good.states('alpha').length === 2);
    assert.deepEqual(good.states('alpha'), ['firing', 'resolved']);
    const { rss } = await s.get('/api/v1/status');
    assert.ok(rss < 200 << 20, `${rss} bytes`);
});

test('what cannot be delivered is given up after its time, and counted', async (t) => {
    const s = await notifying(t, '- {kind: webhook, url: \'http://127.0.0.1:1/\', retry: 0s}\n');
    s.breaks('alpha');
    await until('lost', async () => (await s.notifier('webhook')).expired === 1);
    const one = await s.notifier('webhook');
    assert.equal(one.queued, 0);
    assert.ok(one.failing_since > 0);
    assert.match(s.daemon.stderr, /budget:alpha \(firing\) is lost/);
    const metrics = await (await fetch(`${s.url}/metrics`)).text();
    assert.match(metrics, /^isoscope_notifications_total\{notifier="webhook",result="expired"\} 1$/m);
});

test('programs: JSON on stdin, no shell, a time, an environment', async (t) => {
    const s = await notifying(t, '');
    const out = join(s.dir, 'out');
    const program = join(s.dir, 'page;touch x');
    writeFileSync(program, '#!/bin/sh\n{ echo "$1|$#|$ISOSCOPE_STATE|$ISOSCOPE_ALERT|${HOME-none}|$PWD"; cat; echo; } > "$2.$ISOSCOPE_STATE"\n');
    chmodSync(program, 0o755);
    const slow = join(s.dir, 'slow');
    writeFileSync(slow, `#!/bin/sh\nsleep 1000 & echo $! > ${out}.child\nwait\n`);
    chmodSync(slow, 0o755);
    const deaf = join(s.dir, 'deaf'); /* reads nothing, and says so */
    writeFileSync(deaf, '#!/bin/sh\nexec 0<&-\n[ "$ISOSCOPE_STATE" = firing ] && exit 0\necho "no $ISOSCOPE_STATE here" >&2\nexit 3\n');
    chmodSync(deaf, 0o755);
    s.configure(`- {kind: exec, command: ['${program}', '$(id) "a b"', '${out}']}\n`
        + `- {kind: exec, name: slow, command: '${slow}', timeout: 500ms}\n`
        + `- {kind: exec, name: deaf, command: ['${deaf}']}\n`
        + '- {kind: exec, name: absent, command: [/nowhere/program]}\n');
    s.daemon.child.kill('SIGHUP');
    await until('read again', () => s.daemon.stderr.includes('configuration read again'));
    const alpha = s.breaks('alpha');
    await until('it ran', async () => (await s.notifier('exec')).delivered === 1);
    const [first, json] = readFileSync(`${out}.firing`, 'utf8').split('\n');
    assert.equal(first, '$(id) "a b"|2|firing|budget:alpha|none|/');
    const body = JSON.parse(json);
    assert.equal(body.version, '4');
    assert.equal(body.receiver, 'exec');
    assert.equal(body.alerts[0].labels.subject, 'alpha');
    await until('not reading is no failure', async () => (await s.notifier('deaf')).delivered === 1);
    await until('killed', async () => /took too long/.test((await s.notifier('slow')).error));
    const child = Number(readFileSync(`${out}.child`, 'utf8'));
    await until('with what it started', () => {
        try {
            process.kill(child, 0);
            return /^State:\s+Z/m.test(readFileSync(`/proc/${child}/status`, 'utf8'));
        } catch {
            return true;
        }
    });
    await until('absent', async () => /No such file/.test((await s.notifier('absent')).error));
    await alpha.kill();
    await until('resolved', () => existsSync(`${out}.resolved`) && readFileSync(`${out}.resolved`, 'utf8').endsWith('}\n'));
    await until('what it says', async () => /ended with 3: no resolved here/.test((await s.notifier('deaf')).error));
    assert.ok(!existsSync(join(s.dir, 'x')));
});

test('silences: nobody is told, everybody sees, restarts keep them', async (t) => {
    const hook = await receiver(t);
    const s = await notifying(t, `- {kind: webhook, url: '${hook.url}'}\n`);
    const made = await s.ctl('silence', 'budget:al*', '--for=1h', '--comment=deploy');
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stdout, /1: budget:al\* until .*; no alert matches now/);
    s.breaks('alpha');
    s.breaks('beta');
    await until('the other', () => hook.states('beta').length === 1);
    const alpha = await until('it fires, and is shown', async () => {
        const one = await s.alert('alpha');
        return one?.state === 'firing' && one;
    });
    assert.equal(alpha.silence, '1');
    assert.deepEqual(alpha.notified, []);
    assert.deepEqual((await s.alert('beta')).notified, ['webhook']);
    const [listed] = (await s.get('/api/v1/silences')).silences;
    assert.deepEqual(listed.alerts, ['budget:alpha']);
    assert.equal(listed.comment, 'deploy');
    await s.daemon.kill();
    s.daemon = await s.begin();
    assert.equal((await s.alert('alpha')).silence, '1');
    assert.match((await s.ctl('silences')).stdout, /budget:al\*.*deploy/);
    assert.deepEqual(hook.states('alpha'), []);
    assert.equal((await s.ctl('unsilence', '1')).code, 0);
    await until('told now', () => hook.states('alpha').length === 1);
    const again = await s.ctl('unsilence', '1');
    assert.equal(again.code, 1);
    assert.match(again.stderr, /no silence '1' is in force/);
    const nothing = await s.ctl('silence', 'vibes*');
    assert.equal(nothing.code, 1);
    assert.match(nothing.stderr, /'vibes\*' matches no rule/);
    const short = await s.ctl('silence', 'drift', '--for=1s');
    assert.equal(short.code, 0, short.stderr);
    await until('over by itself', async () => (await s.get('/api/v1/silences')).silences.length === 0);
    const second = await s.ctl('--json', 'silence', 'drift', 'budget');
    assert.deepEqual(JSON.parse(second.stdout).silences.map((one) => one.id), [3, 4], 'numbers are never used twice');
    for (const query of ['', 'rule=', 'rule=budget&seconds=0', 'rule=budget&until=1', `rule=${'x'.repeat(300)}`]) {
        assert.equal((await fetch(`${s.url}/api/v1/silences?${query}`, { method: 'POST' })).status, 400, query);
    }
    const put = await fetch(`${s.url}/api/v1/silences`, { method: 'PUT' });
    assert.equal(put.status, 405);
    assert.equal(put.headers.get('allow'), 'GET, HEAD, POST, DELETE');
});

test('a notifier that comes with a reload is told of what fires; one that goes is forgotten', async (t) => {
    const hook = await receiver(t);
    const s = await notifying(t, '');
    s.breaks('alpha');
    await until('firing', async () => (await s.alert('alpha'))?.state === 'firing');
    const reload = async (text) => {
        const before = s.daemon.stderr.split('read again').length;
        s.configure(text);
        s.daemon.child.kill('SIGHUP');
        await until('read again', () => s.daemon.stderr.split('read again').length > before);
    };
    await reload(`- {kind: webhook, url: '${hook.url}'}\n- {kind: webhook, name: dead, url: 'http://127.0.0.1:1/'}\n`);
    await until('told', () => hook.states('alpha').length === 1);
    await reload('');
    assert.deepEqual((await s.get('/api/v1/status')).notifiers, []);
    await until('nobody was told', async () => (await s.alert('alpha')).notified.length === 0);
    s.configure('- {kind: webhook, url: broken}\n');
    s.daemon.child.kill('SIGHUP');
    await until('refused', () => /stays as it was: .*yaml:\d+:\d+: notify.url: 'broken' is not allowed/.test(s.daemon.stderr));
});
