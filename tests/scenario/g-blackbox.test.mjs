// Black boxes: what a process that died had in its segment, written down by the collector and read by
// isoctl, with the real programs.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { bin, scene, until } from './lib.mjs';

const boxes = (s) => {
    const directory = join(s.dir, 'state', 'blackbox');
    return existsSync(directory) ? readdirSync(directory).sort() : [];
};
const isoctl = (...args) => spawnSync(join(bin, 'isoctl'), args, { encoding: 'utf8' });
const decode = (path, ...args) =>
    JSON.parse(execFileSync(join(bin, 'isoctl'), ['--json', ...args, 'blackbox', path], { encoding: 'utf8' }));

/** The path of the next box, once the collector says that it is written. */
async function boxed(s, count = 1) {
    const { last } = await until('the black box', async () => {
        const { blackbox } = await s.get('/api/v1/status');
        return blackbox.written >= count && blackbox;
    });
    return last;
}

const running = (s, program, name) => until('it works', async () =>
    (await s.frame()).isolates.find((i) => i.process === program.pid && i.name === name &&
        i.messages.received > 3));

test('a process that is killed leaves the last seconds of every isolate', async (t) => {
    const s = await scene(t);
    const collector = await s.collector();
    const program = s.run('steady.js');
    const isolate = await running(s, program, 'steady-0');
    await program.kill('SIGKILL');
    const path = await boxed(s);
    assert.match(path, new RegExp(`/state/blackbox/test-${program.pid}-\\d{8}T\\d{6}Z\\.isobox$`));
    assert.match(collector.stderr, /the black box of process \d+: isoctl blackbox /);
    const box = decode(path);
    assert.equal(box.process.pid, program.pid);
    assert.equal(box.process.state, 'died');
    assert.equal(box.process.name, 'test');
    assert.deepEqual(box.isolates.map((i) => i.name), ['main', 'steady-0', 'steady-1', 'steady-2']);
    const found = box.isolates.find((i) => i.id === isolate.id);
    assert.equal(found.heap.limit, isolate.heap.limit);
    assert.ok(found.messages.received >= isolate.messages.received, 'newer than the last tick');
    const last = found.events.at(-1);
    assert.ok(last.t <= box.process.ended_at);
    // everything the collector was told of the isolate is in the box, too
    const told = (await s.events('deliver')).filter((e) => e.isolate === isolate.id);
    const held = new Set(found.events.filter((e) => e.type === 'deliver').map((e) => e.message));
    assert.ok(told.length > 0);
    assert.deepEqual(told.filter((e) => e.t > box.process.ended_at - 9 && !held.has(e.message)), []);
    for (const { events } of box.isolates) {
        assert.deepEqual(events.map((e) => e.t), events.map((e) => e.t).sort((a, b) => a - b));
    }
    assert.equal(decode(path, '--seconds=0.000001').isolates[0].events.length, 0);
    const { stdout, status } = isoctl('blackbox', path);
    assert.equal(status, 0);
    assert.match(stdout, new RegExp(`^test \\(process ${program.pid}\\) died at \\d{4}-`));
    assert.match(stdout, /^ISOLATE +NAME +STATE/m);
    assert.match(stdout, new RegExp(`^[\\d:.]+ deliver +${isolate.id} +message=\\d+`, 'm'));
});

test('an isolate that spun to the end is seen running; its parent slept', async (t) => {
    const s = await scene(t);
    await s.collector();
    const program = s.run('spin.js', join(s.dir, 'never'));
    await until('it spins', async () =>
        (await s.frame()).isolates.find((i) => i.name === 'spinner' && i.heap.used > 100000));
    await program.kill('SIGKILL');
    const [main, spinner] = decode(await boxed(s)).isolates;
    assert.equal(spinner.name, 'spinner');
    assert.equal(spinner.state, 'running');
    assert.equal(spinner.asleep_seconds, null);
    assert.ok(main.asleep_seconds >= 0);
    assert.ok(main.events.some((e) => e.type === 'spawn' && e.name === 'spinner') ||
        spinner.events.some((e) => e.type === 'spawn'));
});

test('a main isolate that dies of its limit leaves one, a program that ends by itself none', async (t) => {
    const s = await scene(t);
    await s.collector();
    // each goes on once it was seen
    const watch = async (work, ...options) => {
        const go = join(s.dir, `go-${work.length}`);
        const program = s.start('isorun', ['--collector', s.socket, ...options, '-e',
            `var timer = setInterval(function () { if (require('fs').existsSync('${go}')) {` +
            ` clearInterval(timer); ${work} } }, 20);`]);
        await until('it is seen', async () =>
            (await s.get('/api/v1/processes')).processes.find((p) => p.pid === program.pid));
        writeFileSync(go, '');
        return { program, code: (await program.ended).code };
    };
    const { program: fine, code } = await watch('');
    assert.equal(code, 0);
    await until('its end is seen', async () => (await s.get('/api/v1/processes')).processes
        .find((p) => p.pid === fine.pid && p.state === 'exited'));
    const { program: greedy, code: dead } = await watch(
        'var keep = []; for (;;) { keep.push({ n: keep.length }); }', '--max-old-space-size=8');
    assert.equal(dead, 134);
    const box = decode(await boxed(s));
    assert.equal(box.process.pid, greedy.pid);
    assert.equal(box.process.state, 'oom');
    assert.equal(boxes(s).length, 1);
});

test('only so many are kept, and a name leads nowhere else', async (t) => {
    const s = await scene(t);
    const file = join(s.dir, 'isoscope.yaml');
    writeFileSync(file, 'blackbox: {keep: 2}\n');
    await s.collector('--config', file);
    const names = [];
    for (let i = 1; i <= 4; i++) {
        const program = s.start('isorun', ['--collector', s.socket, '--name', `../../../evil\n${i}`,
            join('tests/scenario/programs', 'steady.js')]);
        await until('it is seen', async () =>
            (await s.get('/api/v1/processes')).processes.find((p) => p.pid === program.pid));
        await program.kill('SIGKILL');
        names.push((await boxed(s, i)).split('/').at(-1));
        assert.match(names.at(-1), /^_________evil_\d-\d+-/);
    }
    await until('the oldest are gone', () => boxes(s).length === 2);
    assert.deepEqual(boxes(s), names.slice(2).sort());
});

test('keep: 0 writes none', async (t) => {
    const s = await scene(t);
    const file = join(s.dir, 'isoscope.yaml');
    writeFileSync(file, 'blackbox: {keep: 0}\n');
    const collector = await s.collector('--config', file);
    const program = s.run('steady.js');
    await running(s, program, 'steady-0');
    await program.kill('SIGKILL');
    await until('its end is seen', async () =>
        (await s.get('/api/v1/processes')).processes.find((p) => p.state === 'died'));
    await collector.kill('SIGTERM'); // it would write what waits
    assert.deepEqual(boxes(s), []);
});

test('what cannot be written is counted and said', async (t) => {
    const s = await scene(t);
    mkdirSync(join(s.dir, 'state'));
    writeFileSync(join(s.dir, 'state', 'blackbox'), 'in the way');
    const collector = await s.collector();
    const program = s.run('steady.js');
    await running(s, program, 'steady-0');
    await program.kill('SIGKILL');
    await until('it is counted', async () => (await s.get('/api/v1/status')).blackbox.lost === 1);
    assert.match(collector.stderr, /the black box of process \d+ is lost: .*state\/blackbox: Not a directory/);
});

test('files that are no black box, or a damaged one', async (t) => {
    const s = await scene(t);
    await s.collector();
    const program = s.run('steady.js');
    await running(s, program, 'steady-0');
    await program.kill('SIGKILL');
    const whole = readFileSync(await boxed(s));
    const path = join(s.dir, 'box');
    const told = (data, pattern) => {
        writeFileSync(path, data);
        const { status, stdout, stderr } = isoctl('blackbox', path);
        assert.equal(status, 1);
        assert.equal(stdout, '');
        assert.match(stderr, pattern);
        assert.equal(stderr.trim().split('\n').length, 1);
    };
    told('', /not a black box: 0 bytes are too few/);
    told('x'.repeat(5000), /not a black box \(magic\)/);
    told(whole.subarray(0, whole.length - 1), /damaged or cut: its checksum is wrong/);
    const flipped = Buffer.from(whole);
    flipped[whole.length >> 1] ^= 1;
    told(flipped, /damaged or cut: its checksum is wrong/);
    const newer = Buffer.from(whole);
    newer.writeUInt32LE(9, 8);
    told(newer, /a black box of version 9/);
    assert.equal(isoctl('blackbox', join(s.dir, 'missing')).status, 1);
    assert.match(isoctl('blackbox', s.dir).stderr, /cannot be read|Is a directory/);
    assert.equal(isoctl('blackbox', path, '--seconds=soon').status, 2);
    assert.equal(isoctl('blackbox').status, 2);
});
