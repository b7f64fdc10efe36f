// Probes where lives end in unusual ways: a pid that somebody else gets, a program that becomes another
// one, a buffer that overflows, a victim of the kernel's OOM killer.
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import test from 'node:test';
import { makeGroup, removeGroup } from '../containers/box.mjs';
import { bin, programs, scene, until } from './lib.mjs';
import { nodes, obedient, refusal } from './probe.mjs';

const skip = refusal();
const tool = (name) => join(dirname(bin), 'tests', name);

test('a pid whose next owner is a Node.js as well: two processes, nothing of one in the other', { skip }, async (t) => {
    const s = await scene(t);
    await s.collector();
    const script = ours(s, 'obedient.js');
    const first = await obedient(s, process.execPath, script);
    const probe = s.start('isoprobe', ['--collector', s.socket, '--name', basename(script)]);
    const isolates = async () => (await s.frame()).isolates;
    await until('the first one is seen', async () => (await isolates()).length === 2);
    await first.ask('gc');
    const before = await until('its collection is seen', async () => (await isolates()).find((one) => one.thread === 0 && one.gc.count > 0));

    probe.child.kill('SIGSTOP'); // it is to learn of both at once
    await first.kill();
    const second = s.start(tool('rebirth'), [String(first.pid), process.execPath, script],
        { stdio: ['pipe', 'pipe', 'pipe'] });
    await until('the second one runs', () => {
        assert.ok(second.child.exitCode === null, second.stderr);
        return second.stdout.includes('ready');
    });
    probe.child.kill('SIGCONT');
    const now = await until('it is another process', async () => (await isolates())
        .find((one) => one.process === first.pid && one.thread === 0 && one.id !== before.id && one.state === 'running'));
    assert.match(now.id, new RegExp(`^${first.pid}\\.0~\\d+$`));
    assert.equal(now.gc.count, 0);
    assert.equal((await s.get(`/api/v1/isolates/${before.id}`)).state, 'died');
    assert.equal((await s.events('gc')).filter((one) => one.isolate === now.id).length, 0);
});

/** A copy under a name that no other program on the machine has. */
function ours(s, name) {
    const copy = join(s.dir, `${basename(s.dir)}-${name}`);
    copyFileSync(join(programs, name), copy);
    return copy;
}

for (const [what, program, name] of [['another Node.js', process.execPath, 'flood.js'], ['something else', '/bin/sleep', null]]) {
    test(`a program that is watched becomes ${what}`, { skip }, async (t) => {
        const s = await scene(t);
        await s.collector();
        const become = {
            LD_PRELOAD: tool('become.so'), BECOME: program,
            BECOME_ARGUMENT: name === null ? '600' : ours(s, name),
        };
        const self = s.start(process.execPath, [ours(s, 'obedient.js')],
            { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...become } });
        await until('it runs', () => self.stdout.includes('ready'));
        const probe = s.start('isoprobe', ['--collector', s.socket, '--name', `${basename(s.dir)}-*`, '--log-level', 'info']);
        await until('it is watched', async () => (await s.frame()).isolates.length === 2);
        self.child.kill('SIGUSR2');
        await until('that is noticed', () => /runs another program/.test(probe.stderr));
        if (name === null) {
            await until('it is not shown', async () => !(await s.frame()).isolates.some((one) => one.process === self.pid && one.state === 'running'));
            return;
        }
        await until('it is a Node.js again', async () => (await s.frame()).processes.some((one) => one.pid === self.pid && one.name.endsWith(name) && one.isolates === 1));
        self.child.stdin.write('1000\n');
        await until('its messages are counted, once each', async () => {
            const [main] = (await s.frame()).isolates.filter((one) => one.process === self.pid && one.thread === 0 && one.state === 'running');
            return main.clone.count === 1000 && main.messages.received === 1000;
        });
    });
}

test('more events than there is room for: each is either counted or counted as dropped', { skip }, async (t) => {
    const s = await scene(t);
    await s.collector();
    // room enough for no collection: its events could be among the lost
    const self = s.start(process.execPath, ['--min-semi-space-size=256', '--max-semi-space-size=256', join(programs, 'flood.js')],
        { stdio: ['pipe', 'pipe', 'pipe'] });
    await until('it runs', () => self.stdout.includes('ready'));
    const probe = s.start('isoprobe', ['--collector', s.socket, String(self.pid)]);
    await until('it is watched', async () => (await s.frame()).isolates.length === 1);
    const count = 60000;
    probe.child.kill('SIGSTOP');
    self.child.stdin.write(`${count}\n`);
    await until('all were posted', () => self.stdout.includes('collections'), 120);
    const { collections } = JSON.parse(self.stdout.trim().split('\n').at(-1));
    probe.child.kill('SIGCONT');
    await until('what was lost is told', async () => {
        const { isolates: [main], processes: [owner] } = await s.frame();
        const { totals: { dropped }, lost } = await s.get(`/api/v1/processes/${owner.pid}`);
        const left = 2 * count - main.clone.count - main.messages.received;
        assert.ok(left > count / 2, `only ${left} found no room`);
        // one that was told as sent counts as received even where that was dropped: its queue is empty
        assert.ok(dropped >= left && dropped <= 2 * left + 4 * collections, `${dropped} dropped, ${left} missing`);
        assert.ok(lost >= dropped);
        return true;
    });
});

test('messages that come thick and fast: all are counted, some are timed', { skip }, async (t) => {
    const s = await scene(t);
    await s.collector();
    const self = s.start(process.execPath, [join(programs, 'flood.js')], { stdio: ['pipe', 'pipe', 'pipe'] });
    await until('it runs', () => self.stdout.includes('ready'));
    s.start('isoprobe', ['--collector', s.socket, String(self.pid)]);
    await until('it is watched', async () => (await s.frame()).isolates.length === 1);
    self.child.stdin.write('1500\n'); // fewer than the ring of an isolate holds
    const main = await until('all are counted', async () => (await s.frame()).isolates
        .find((one) => one.clone.count === 1500 && one.messages.received === 1500));
    const events = await until('all are told', async () => {
        const all = await s.events('deliver');
        return all.length === 1500 && all;
    });
    const timed = events.filter((one) => one.deserialize_seconds !== null);
    assert.ok(timed.length >= 64, `${timed.length} timed`);
    assert.ok(events.every((one) => one.bytes > 0 && one.from === main.id));
    const [flow] = (await s.get('/api/v1/flows?window=300')).flows;
    const measured = timed.reduce((sum, one) => sum + one.deserialize_seconds, 0);
    const expected = measured * 1500 / timed.length;
    assert.ok(Math.abs(flow.deserialize_seconds / expected - 1) < 0.01, `${flow.deserialize_seconds} told, ${expected} expected`);
    assert.ok(main.clone.seconds > measured);
});

test('what the kernel counts of a process, as it says itself', { skip }, async (t) => {
    const s = await scene(t);
    await s.collector();
    const self = s.start(process.execPath, ['-e', 'globalThis.kept = Buffer.alloc(5e7, 1); console.log(1); setInterval(() => {}, 1e9)']);
    await until('it runs', () => self.stdout.includes('1'));
    s.start('isoprobe', ['--collector', s.socket, '--interval', '0', String(self.pid)]);
    const kilobytes = (file, what) => Number(readFileSync(`/proc/${self.pid}/${file}`, 'utf8').match(new RegExp(`^${what}:\\s+(\\d+) kB`, 'm'))[1]) * 1024;
    await until('both say the same', async () => {
        const said = { rss: kilobytes('smaps_rollup', 'Rss'), mapped: kilobytes('status', 'VmSize'), peak: kilobytes('status', 'VmHWM') };
        const stat = readFileSync(`/proc/${self.pid}/stat`, 'utf8').split(') ')[1].split(' ');
        const { memory } = await s.get(`/api/v1/processes/${self.pid}`);
        assert.ok(memory.rss > 5e7);
        assert.equal(memory.rss, memory.anon + memory.file + memory.shmem);
        assert.equal(memory.rss, said.rss);
        assert.equal(memory.mapped, said.mapped);
        assert.ok(memory.rss_peak >= memory.rss && Math.abs(memory.rss_peak - said.peak) <= 1 << 20);
        assert.equal(memory.minor_faults, Number(stat[7]));
        assert.equal(memory.major_faults, Number(stat[9]));
        const metrics = await (await fetch(`${s.url}/metrics`)).text();
        const told = (family, kind) => Number(metrics.match(new RegExp(`^isoscope_process_${family}\\{.*pid="${self.pid}",kind="${kind}"\\} (\\S+)$`, 'm'))[1]);
        assert.equal(told('memory_bytes', 'anon'), memory.anon);
        assert.equal(told('page_faults_total', 'minor'), memory.minor_faults);
        return true;
    });
    const ctl = async (...args) => {
        const child = s.start('isoctl', ['--url', s.url, ...args]);
        assert.equal((await child.ended).code, 0, child.stderr);
        return child.stdout;
    };
    self.child.kill('SIGSTOP'); // or it is not the same twice
    const { memory } = await until('it stands still', async () => {
        const before = await s.get(`/api/v1/processes/${self.pid}`);
        await new Promise((done) => { setTimeout(done, 2500); }); // it is looked at each second
        const { memory: after } = await s.get(`/api/v1/processes/${self.pid}`);
        return JSON.stringify(after) === JSON.stringify(before.memory) && { memory: after };
    });
    const row = (await ctl('memory')).split('\n').find((one) => one.trim().startsWith(`${self.pid} `)).trim().split(/  +/);
    assert.equal(row.length, 12);
    const bytes = (text) => parseFloat(text) * ({ B: 1, KiB: 1024, MiB: 1 << 20, GiB: 1 << 30 })[text.split(' ')[1]];
    ['rss', 'anon', 'file', 'shmem', 'rss_peak', 'swapped', 'page_tables', 'mapped'].forEach((key, at) =>
        assert.ok(Math.abs(bytes(row[3 + at]) - memory[key]) <= 0.01 * memory[key], `${key}: ${row[3 + at]}, ${memory[key]} in the API`));
    assert.equal(row[11], String(memory.major_faults));
    assert.match(await ctl('processes', String(self.pid)), new RegExp(`^memory\\.anon +${memory.anon}$`, 'm'));
    const [answer] = JSON.parse(await ctl('--json', 'memory')).processes;
    assert.equal(answer.memory.anon, memory.anon);
});

test('a victim of the OOM killer: what it had then', { skip }, async (t) => {
    const limit = 160 << 20;
    const group = skip ? null : makeGroup(limit);
    if (group === null) {
        t.skip('no memory cgroup can be made here');
        return;
    }
    const s = await scene(t);
    t.after(() => removeGroup(group));
    await s.collector();
    const script = ours(s, 'swell.js');
    const self = s.start('/bin/sh', ['-c', `echo $$ > ${group}/cgroup.procs && exec "$@"`, 'sh', process.execPath, script],
        { stdio: ['pipe', 'pipe', 'pipe'] });
    await until('it runs', () => self.stdout.includes('ready'));
    s.start('isoprobe', ['--collector', s.socket, '--name', basename(script)]);
    await until('it is watched', async () => (await s.frame()).isolates.length === 1);
    self.child.stdin.write('go\n');
    assert.deepEqual(await self.ended, { code: null, signal: 'SIGKILL' });
    const event = await until('the kill is told', async () => (await s.events('oom_kill'))[0]);
    assert.equal(event.isolate, `${self.pid}.0`);
    assert.ok(event.anon > limit / 2 && event.anon <= limit, `${event.anon} of ${limit}`);
    assert.ok(event.mapped > event.anon && event.heap > 1e6);
    const owner = await s.get(`/api/v1/processes/${self.pid}`);
    assert.ok(Math.abs(owner.killed_at - event.t) < 0.001);
    assert.equal(owner.memory.anon, event.anon);
    assert.equal(owner.memory.file, event.file);
    const ctl = s.start('isoctl', ['--url', s.url, 'memory']);
    await ctl.ended;
    assert.match(ctl.stdout, new RegExp(`^ *${self.pid} .* oom +[\\d.]+ MiB +1[0-6]\\d MiB `, 'm'));
    const victim = await s.get(`/api/v1/isolates/${self.pid}.0`);
    assert.equal(victim.state, 'oom');
    assert.ok(victim.heap.limit > limit / 2); // its own limit was not what it died of
    const alert = await until('an alert says so', async () => (await s.get('/api/v1/alerts')).alerts.find((one) => one.rule === 'worker_crash'));
    assert.match(alert.summary, /swell\.js was killed by the kernel because memory ran out\. It held \d+(\.\d)? MiB/);
});

const MAYFLY = `const { Worker } = require('worker_threads');
process.stdin.once('data', () => {
    const made = performance.now(), seconds = () => (performance.now() - made) / 1000;
    let online;
    new Worker('setTimeout(() => {}, 200)', { eval: true })
        .on('online', () => { online = seconds(); })
        .on('exit', () => console.log(JSON.stringify({ online, exit: seconds() })));
});
console.log('ready');`;

test('how long a worker took to start and lived', { skip }, async (t) => {
    const s = await scene(t);
    await s.collector();
    const self = s.start(process.execPath, ['-e', MAYFLY], { stdio: ['pipe', 'pipe', 'pipe'] });
    await until('it runs', () => self.stdout.includes('ready'));
    s.start('isoprobe', ['--collector', s.socket, String(self.pid)]);
    await until('it is watched', async () => (await s.frame()).isolates.length === 1);
    self.child.stdin.write('go\n');
    const exit = await until('its end is told', async () => (await s.events('exit')).find((one) => one.isolate === `${self.pid}.1`));
    const own = JSON.parse(await until('it says so itself', () => self.stdout.split('\n')[1]));
    const said = `${JSON.stringify(exit)}, itself ${JSON.stringify(own)}`;
    assert.ok(exit.start_seconds > 0 && exit.start_seconds <= own.online, said); // its own is told when its loop turns
    assert.ok(exit.life_seconds - exit.start_seconds >= 0.199 && exit.life_seconds <= own.exit, said);
});

// what each throws, and what it goes by when nothing catches it; null: its end is its own
const THROWERS = [['null.x', 'TypeError'], ['throw new RangeError("x")', 'RangeError'],
    ['class A extends SyntaxError {} class B extends A {} throw new B()', 'SyntaxError'],
    ['const e = new EvalError(); for (let i = 0; i < 30; i++) { e["p" + i] = i; } throw e', 'EvalError'],
    ['Promise.reject(new URIError("x"))', 'URIError'], ['throw 7', 'thrown'], ['throw "text"', 'thrown'],
    ['throw { a: 1 }', 'Object'], ['throw null', 'thrown'], ['throw Object.create(null)', null, 'any'],
    ['process.exit(1)', null], ['process.on("uncaughtException", () => {}); null.x', null]];
const THROWING = `const { Worker } = require('worker_threads');
process.stdin.once('data', async () => {
    for (const [code] of ${JSON.stringify(THROWERS)}) {
        await new Promise((done) => new Worker(code, { eval: true, stderr: true }).on('error', () => {}).on('exit', done));
    }
});
console.log('ready');`;

for (const [name, node] of nodes()) {
    test(`${name}: of what error a worker ended`, { skip }, async (t) => {
        const s = await scene(t);
        await s.collector();
        const self = s.start(node, ['-e', THROWING], { stdio: ['pipe', 'pipe', 'pipe'] });
        await until('it runs', () => self.stdout.includes('ready'));
        s.start('isoprobe', ['--collector', s.socket, String(self.pid)]);
        await until('it is watched', async () => (await s.frame()).isolates.length === 1);
        self.child.stdin.write('go\n');
        const ends = await until('all have ended', async () => {
            const all = (await s.events('exit')).filter((one) => one.isolate !== `${self.pid}.0`);
            return all.length === THROWERS.length && all;
        }, 60);
        THROWERS.forEach(([code, error, any], i) => assert.ok(any || ends[i].error === error, `${code}: ${ends[i].error}, not ${error}`));
        assert.equal((await s.get(`/api/v1/processes/${self.pid}`)).missing, null);
    });
}
