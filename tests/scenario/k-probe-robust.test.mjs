// Where probes have to find their way: programs that are stripped, deleted, in another mount namespace,
// of another user, many at once; and machines that do not let them in.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { bin, scene, until } from './lib.mjs';
import { refusal } from './probe.mjs';

const skip = refusal();
const idle = ['-e', 'setInterval(() => { const a = []; for (let i = 0; i < 3e4; i++) a.push({ i }); }, 100); console.log(1)'];

test('a stripped program, deleted while it runs, in a mount namespace of its own', { skip }, async (t) => {
    const s = await scene(t);
    await s.collector();
    const copy = join(s.dir, 'node');
    const strip = spawnSync('strip', ['-o', copy, process.execPath]);
    if (strip.status !== 0) {
        copyFileSync(process.execPath, copy);
    }
    const program = s.start('/usr/bin/unshare', ['--mount', copy, ...idle]);
    await until('it runs', () => program.stdout.includes('1'));
    unlinkSync(copy);
    const probe = s.start('isoprobe', ['--collector', s.socket, String(program.pid)]);
    const seen = await until('its heap is known', async () => (await s.frame()).isolates
        .find((one) => one.process === program.pid && one.heap.used > 1e6 && one.heap.limit > 1e8));
    assert.equal(seen.name, 'main');
    assert.equal((await s.get(`/api/v1/processes/${program.pid}`)).missing, null);
    await program.kill();
    assert.equal((await probe.ended).code, 0); // nothing is left to watch
});

test('thirty-two at once', { skip }, async (t) => {
    const s = await scene(t);
    await s.collector();
    const sleepers = Array.from({ length: 32 }, () => s.start(process.execPath, idle));
    await Promise.all(sleepers.map((one) => until('it runs', () => one.stdout.includes('1'), 60)));
    const probe = s.start('isoprobe', ['--collector', s.socket, '--log-level', 'info', ...sleepers.map((one) => String(one.pid))]);
    await until('all are watched', () => /ready, 32 processes/.test(probe.stderr));
    await until('all have told of a collection', async () => (await s.frame()).isolates
        .filter((one) => one.heap.used > 1e6).length === 32, 60);
    await Promise.all(sleepers.map((one) => one.kill()));
    assert.equal((await probe.ended).code, 0);
});

test('without privileges one sentence says what to grant', { skip: skip || (process.getuid() !== 0 && 'root is needed to lose it') }, () => {
    const poor = spawnSync('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all',
        '--inh-caps=-all', join(bin, 'isoprobe'), '--check'], { encoding: 'utf8' });
    assert.equal(poor.status, 1);
    assert.match(poor.stderr, /^isoprobe: error: .*root, or grant it with setcap .*\n$/);
});

test('what is no Node.js, and what is not there', { skip }, async (t) => {
    const s = await scene(t);
    const other = s.start('/bin/sleep', ['600']);
    for (const [pid, why] of [[other.pid, /is no Node\.js/], [4194304, /there is no process 4194304/]]) {
        const probe = s.start('isoprobe', ['--collector', s.socket, String(pid)]);
        assert.equal((await probe.ended).code, 1);
        assert.match(probe.stderr, why);
    }
    const bad = s.start('isoprobe', ['node']);
    assert.equal((await bad.ended).code, 2);
});

test('with the agent in it, an isolate is still one', { skip }, async (t) => {
    const s = await scene(t);
    await s.collector();
    const agent = s.start(process.execPath, ['--require', join(process.cwd(), 'agent/node'), ...idle],
        { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ISOSCOPE_SOCKET: s.socket } });
    await until('the agent tells', async () => (await s.frame()).isolates.some((one) => one.process === agent.pid));
    s.start('isoprobe', ['--collector', s.socket, String(agent.pid)]);
    const both = await until('both tell', async () => (await s.frame()).isolates
        .find((one) => one.id === `${agent.pid}.0` && one.sources.includes('agent') && one.sources.includes('probe')));
    assert.equal((await s.frame()).isolates.filter((one) => one.process === agent.pid).length, 1);
    const before = both.gc.count;
    await until('collections go on being counted', async () => (await s.get(`/api/v1/isolates/${agent.pid}.0`)).gc.count > before + 2);
    const { events } = await s.get(`/api/v1/events?type=gc&isolate=${agent.pid}.0&limit=1000`);
    const times = events.slice(-6).map((one) => one.t);
    assert.ok(times.every((one, i) => i === 0 || one - times[i - 1] > 1e-4), `${times}`); // none twice
});
