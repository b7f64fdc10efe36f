// Debian's own Alertmanager: alerts arrive and resolve, its silences are shown here, and neither its
// absence nor a kill -9 of the collector loses or doubles anything for the person behind it.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { freePort, scene, sleep, until } from './lib.mjs';
import { receiver } from './receiver.mjs';

const program = '/usr/bin/prometheus-alertmanager';
const skip = existsSync(program) ? false
    : 'SKIPPED: Debian\'s package prometheus-alertmanager is not installed (make deps-check installs it)';

/** An Alertmanager that tells a person at once, and a collector that tells it; what it does not hear
    of for four times `resend` it takes for resolved. */
async function watched(t, resend = '30s') {
    const s = await scene(t);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    s.person = await receiver(t);
    const routes = join(s.dir, 'alertmanager.yml');
    writeFileSync(routes, 'route: {receiver: person, group_by: [alertname, subject], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}\n'
        + `receivers:\n- name: person\n  webhook_configs: [{url: '${s.person.url}', send_resolved: true}]\n`);
    s.alertmanager = async () => {
        const child = s.start(program, [`--config.file=${routes}`, `--storage.path=${join(s.dir, 'am')}`,
            `--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address=', '--log.level=error']);
        await until('Alertmanager is ready', async () => (await fetch(`${url}/-/ready`)).ok, 60);
        return child;
    };
    s.theirs = async () => (await (await fetch(`${url}/api/v2/alerts`)).json());
    s.silence = async (subject) => {
        const now = Date.now();
        const answer = await fetch(`${url}/api/v2/silences`, {
            method: 'POST', headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({
                matchers: [{ name: 'subject', value: subject, isRegex: false }], createdBy: 'test', comment: 'known',
                startsAt: new Date(now - 1000).toISOString(), endsAt: new Date(now + 3600e3).toISOString(),
            }),
        });
        return (await answer.json()).silenceID;
    };
    s.unsilence = (id) => fetch(`${url}/api/v2/silence/${id}`, { method: 'DELETE' });
    const file = join(s.dir, 'isoscope.yaml');
    writeFileSync(file, 'tick: {interval: 50ms}\nrules: [{kind: limit_audit, enabled: false}]\nbudgets:\n'
        + ['alpha', 'beta'].map((name) => `- {name: ${name}, match: ${name}, limit: 1MiB, for: 0s}\n`).join('')
        + `notify: [{kind: alertmanager, url: '${url}/', resend: ${resend}}]\n`);
    s.begin = () => s.collector('--config', file);
    s.breaks = (name) => s.start('isorun', ['--collector', s.socket, '--name', name, '-e', 'setInterval(function () {}, 1000)']);
    s.alert = async (name) => (await s.get('/api/v1/alerts')).alerts.find((one) => one.id === `budget:${name}`);
    return s;
}

test('alerts arrive, resolve, and are the ones our own webhooks describe', { skip }, async (t) => {
    const s = await watched(t, '5s');
    await s.alertmanager();
    await s.begin();
    const alpha = s.breaks('alpha');
    await until('the person knows', () => s.person.states('alpha').length === 1, 30);
    const [theirs] = await s.theirs();
    assert.equal(theirs.labels.alertname, 'budget');
    assert.equal(theirs.labels.job, 'isoscope');
    assert.equal(theirs.labels.process, 'alpha');
    assert.match(theirs.annotations.summary, /over its head-room line/);
    assert.equal(theirs.generatorURL, `http://127.0.0.1:${s.port}/`);
    const first = theirs.endsAt;
    await until('it hears of it again', async () => (await s.theirs())[0].endsAt > first);
    assert.deepEqual((await s.alert('alpha')).notified, ['alertmanager']);
    await alpha.kill();
    await until('the person knows the end', () => s.person.states('alpha').length === 2, 30);
    await until('Alertmanager has none', async () => (await s.theirs()).length === 0);
    assert.deepEqual(s.person.states('alpha'), ['firing', 'resolved']);
    assert.equal((await s.get('/api/v1/status')).notifiers[0].failures, 0);
});

test('the fingerprint of our webhooks is Alertmanager\'s', { skip }, async (t) => {
    const ours = await receiver(t);
    const s = await watched(t);
    writeFileSync(join(s.dir, 'isoscope.yaml'), `${await (await import('node:fs/promises')).readFile(join(s.dir, 'isoscope.yaml'), 'utf8')}`
        .replace('notify: [', `notify: [{kind: webhook, url: '${ours.url}'}, `));
    await s.alertmanager();
    await s.begin();
    s.breaks('alpha');
    await until('both know', () => ours.requests.length === 1 && s.person.requests.length === 1, 30);
    assert.equal(ours.requests[0].body.alerts[0].fingerprint, s.person.requests[0].body.alerts[0].fingerprint);
    assert.deepEqual(Object.keys(s.person.requests[0].body).filter((key) => !(key in ours.requests[0].body)), []);
    assert.deepEqual(Object.keys(s.person.requests[0].body.alerts[0]).filter((key) => !(key in ours.requests[0].body.alerts[0])), []);
});

test('a silence there is shown here', { skip }, async (t) => {
    const s = await watched(t, '5s');
    await s.alertmanager();
    await s.begin();
    const id = await s.silence('alpha');
    s.breaks('alpha');
    s.breaks('beta');
    const alpha = await until('shown', async () => {
        const one = await s.alert('alpha');
        return one?.silence && one;
    }, 30);
    assert.equal(alpha.silence, `alertmanager:${id}`);
    await until('the other is told', () => s.person.states('beta').length === 1, 30);
    assert.deepEqual(s.person.states('alpha'), []);
    assert.equal((await s.alert('beta')).silence, null);
    await s.unsilence(id);
    await until('over', async () => (await s.alert('alpha')).silence === null, 30);
    await until('told now', () => s.person.states('alpha').length === 1, 30);
});

test('Alertmanager away, the collector killed while firing: nothing lost, nothing doubled', { skip }, async (t) => {
    const s = await watched(t);
    const away = Number(process.env.AWAY_SECONDS ?? 3);
    let there = await s.alertmanager();
    let daemon = await s.begin();
    const alpha = s.breaks('alpha');
    await until('the person knows of alpha', () => s.person.states('alpha').length === 1, 30);
    const { since } = await s.alert('alpha');

    await there.kill('SIGTERM');
    s.breaks('beta'); /* begins while nobody listens */
    await until('it waits', async () => (await s.get('/api/v1/status')).notifiers[0].queued > 0);
    await daemon.kill();
    daemon = await s.begin();
    assert.equal((await s.alert('alpha')).since, since);
    assert.equal((await s.alert('beta')).state, 'firing');
    assert.ok((await s.get('/api/v1/status')).notifiers[0].queued > 0, 'it still waits');
    await sleep(away);
    await daemon.kill();
    there = await s.alertmanager();
    daemon = await s.begin();
    await until('the person knows of beta', () => s.person.states('beta').length === 1, 90);
    await daemon.kill();
    daemon = await s.begin();
    await until('its program is back', async () => (await s.get('/api/v1/processes')).processes.length === 2);
    await alpha.kill();
    await until('the person knows the end', () => s.person.states('alpha').at(-1) === 'resolved', 90);
    await until('all is delivered', async () => (await s.get('/api/v1/status')).notifiers[0].queued === 0);
    assert.deepEqual(s.person.states('alpha'), ['firing', 'resolved']);
    assert.deepEqual(s.person.states('beta'), ['firing']);
    const { notifiers: [one] } = await s.get('/api/v1/status');
    assert.equal(one.rejected + one.expired + one.overflowed, 0);
});

test('a drift alert while the collector is killed: one firing, one end', { skip }, async (t) => {
    const s = await watched(t);
    await s.alertmanager();
    let daemon = await s.begin();
    const leak = s.run('leak.js');
    const subject = `${leak.pid}.1`;
    const drift = async () => (await s.get('/api/v1/alerts')).alerts.find((one) => one.id === `drift:${subject}`);
    await until('the person knows of the leak', () => s.person.states(subject).length === 1, 90);
    const { since, culprit } = await drift();
    for (let i = 0; i < 3; i++) {
        await daemon.kill();
        daemon = await s.begin();
        const now = await drift();
        assert.equal(now.state, 'firing');
        assert.equal(now.since, since);
        assert.equal(now.culprit, culprit);
        const jobs = async () => (await s.get('/api/v1/isolates')).isolates.find((one) => one.id === subject).jobs;
        const before = await until('its program is back', jobs);
        await until('it has seen enough jobs to judge anew', async () => await jobs() > before + 60, 60);
    }
    assert.equal((await drift()).since, since);
    assert.deepEqual(s.person.states(subject), ['firing']);
    await leak.kill();
    await until('the person knows the end', () => s.person.states(subject).at(-1) === 'resolved', 120);
    assert.deepEqual(s.person.states(subject), ['firing', 'resolved']);
});
