// The USDT points of isorun as other people's tools see them: binutils lists them, bpftrace receives
// what the collector is told.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { bin, isSanitized, scene, until } from './lib.mjs';

const isorun = join(bin, 'isorun');
const notes = spawnSync('readelf', ['-n', isorun], { encoding: 'utf8', maxBuffer: 1 << 26 }).stdout ?? '';
const points = [...notes.matchAll(/Provider: isorun\s+Name: (\w+)/g)].map((match) => match[1]);
const none = points.length === 0 && 'isorun has no points: systemtap-sdt-dev was missing when it was built';
const tracer = none || (process.getuid() !== 0 && 'root is needed to trace') || (isSanitized && 'a tracer reads the plain program') ||
    (spawnSync('bpftrace', ['--version']).status !== 0 && 'bpftrace is not installed');

test('there is a point for each kind of record that isorun writes, of five bytes that do nothing', { skip: none }, () => {
    const kinds = [...readFileSync('wire/record.def', 'utf8').matchAll(/^RECORD\((\w+),/gm)].map((match) => match[1]);
    const written = ['clone', 'deliver', 'transfer', 'detach', 'share', 'release', 'gc', 'job', 'block', 'spawn', 'exit', 'oom', 'recycle', 'copy'];
    assert.deepEqual(written.filter((kind) => !points.includes(kind)), []);
    assert.deepEqual(points.filter((point) => !kinds.includes(point)), []);
    const address = Number(notes.match(/Name: clone\s+Location: (0x[0-9a-f]+)/)[1]);
    const code = spawnSync('objdump', ['-d', `--start-address=${address}`, `--stop-address=${address + 5}`, isorun], { encoding: 'utf8' }).stdout;
    assert.match(code, /0f 1f 44 00 00\s+nopl/);
});

test('a tracer is told what the collector is', { skip: tracer }, async (t) => {
    const s = await scene(t);
    await s.collector();
    const program = s.run('cloner.js', '/nonexistent');
    await until('it posts', async () => (await s.frame()).isolates.some((one) => one.clone.count > 0));
    const script = [`usdt:${isorun}:isorun:clone { printf("clone %d %lu %lu\\n", arg0, arg1, arg4); }`,
        `usdt:${isorun}:isorun:job { printf("job %d %s %lu\\n", arg0, str(arg1), arg2); }`];
    const trace = s.start('/usr/bin/bpftrace', ['-B', 'line', '-p', String(program.pid), '-e', script.join(' ')]);
    const lines = () => [...trace.stdout.matchAll(/^(clone|job) (\S+) (\S+) (\S+)$/gm)].map(([, ...rest]) => rest);
    const [, thread, message, bytes] = await until('a message passes', () => {
        assert.ok(trace.child.exitCode === null, trace.stderr);
        return lines().find(([kind]) => kind === 'clone');
    }, 60);
    const event = await until('the collector knows it', async () => (await s.events('clone')).find((one) => one.message === Number(message)));
    assert.equal(event.bytes, Number(bytes));
    assert.equal(event.isolate, `${program.pid}.${thread}`);
    const job = await until('a job ends', () => lines().find(([kind]) => kind === 'job'));
    assert.equal(job[2], 'message');
    await trace.kill('SIGINT');
});
