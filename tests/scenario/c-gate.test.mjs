// The deploy check: a program that shares and lets go passes, one that copies and keeps is stopped at
// the step where it goes wrong.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { programs, scene, start, until } from './lib.mjs';

async function deploy(t, kind, config = '') {
    const s = await scene(t);
    writeFileSync(join(s.dir, 'isoscope.yaml'), config);
    await s.collector('--config', join(s.dir, 'isoscope.yaml'));
    const program = s.start('isorun', ['--collector', s.socket, '--expose-gc', '--name', 'deploy', join(programs, 'deploy.js'), s.dir, kind]);
    const ctl = async (...args) => {
        const run = start('isoctl', ['--url', s.url, ...args, `--marks=${join(s.dir, 'marks', 'here')}`]);
        const { code } = await run.ended;
        return { code, ...run };
    };
    await until('the program is ready', () => program.stdout.includes('ready'));
    await until('its workers are seen', async () => (await s.frame()).isolates.length === 4);
    const step = async (name) => {
        writeFileSync(join(s.dir, name), '');
        await until(`${name} is done`, () => program.stdout.includes(name));
    };
    return { s, program, ctl, step };
}

test('shared and let go: every gate is open', async (t) => {
    const { ctl, step, program } = await deploy(t, 'good');
    assert.equal((await ctl('mark', 'before')).code, 0);
    await step('allocate');
    const allocated = await ctl('--json', 'gate', 'before', '--allocated=32MiB', '--wait=120');
    assert.equal(allocated.code, 0, allocated.stderr);
    assert.equal(JSON.parse(allocated.stdout).passed, true);
    const marked = await ctl('--json', 'mark', 'allocated');
    assert.equal(JSON.parse(marked.stdout).shared, 32 << 20);
    await step('send');
    const received = await ctl('gate', 'allocated', '--received', '--wait=120');
    assert.equal(received.code, 0, received.stdout + received.stderr);
    await step('end');
    const ended = await ctl('gate', 'before', '--wait=120');
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
    assert.match(ended.stdout, /shared +0 B +0 B +\+0 B +0 B +ok/);
    assert.equal(program.child.exitCode, null);
});

test('copied and kept: the gates close where it goes wrong', async (t) => {
    const { s, ctl, step } = await deploy(t, 'bad');
    const first = await ctl('mark', 'before');
    assert.equal(first.code, 0, first.stderr);
    await step('allocate');
    const allocated = await ctl('gate', 'before', '--allocated=32MiB', '--wait=120');
    assert.equal(allocated.code, 0, allocated.stdout + allocated.stderr);
    const wrongSize = await ctl('gate', 'before', '--allocated=64MiB', '--wait=0');
    assert.equal(wrongSize.code, 1);
    await ctl('mark', 'allocated');
    await step('send');
    const received = await ctl('gate', 'allocated', '--received', '--wait=0.5');
    assert.equal(received.code, 1, received.stdout);
    assert.match(received.stderr, /gate allocated \(received\): array_buffers is not where it should be/);
    assert.match(received.stdout, /array_buffers +32\.0 MiB +128 MiB +\+96\.0 MiB +32\.0 MiB +failed/);
    await step('end');
    const ended = await ctl('--json', 'gate', 'before', '--wait=0.5');
    assert.equal(ended.code, 1);
    const { passed, phase, checks } = JSON.parse(ended.stdout);
    assert.equal(passed, false);
    assert.equal(phase, 'ended');
    assert.deepEqual(checks.filter((check) => !check.passed).map((check) => check.what), ['array_buffers', 'external']);

    for (const [args, code, words] of [
        [['gate', 'none'], 1, /isoctl mark none makes it/],
        [['mark', '../escape'], 2, /letters, digits/],
        [['mark', '.hidden'], 2, /letters, digits/],
        [['gate', 'before', '--allocated=much'], 2, /such as 64MiB/],
        [['gate', 'before', '--allocated=1', '--received'], 2, /two moments/],
        [['mark', 'x', '--process=nobody'], 1, /no such process/],
    ]) {
        const run = await ctl(...args);
        assert.equal(run.code, code, `${args}: ${run.stderr}`);
        assert.match(run.stderr, words);
    }
    writeFileSync(join(s.dir, 'marks', 'here', 'before.json'), '{"t":');
    const damaged = await ctl('gate', 'before');
    assert.equal(damaged.code, 1);
    assert.match(damaged.stderr, /before\.json: .*isoctl mark before makes it/);
});

test('figures are of a moment behind the command, not of the last tick', async (t) => {
    // Long ticks, so that the frame shows what was before; should one end in between all the same, once more
    // with longer ones.
    for (let attempt = 0; attempt < 5; attempt++) {
        const { s, ctl, step } = await deploy(t, 'good', `tick: {interval: ${4 << attempt}s}\n`);
        const shared = async () => (await s.frame()).processes[0].shared;
        const { tick } = await s.frame();
        await until('the next tick', async () => (await s.frame()).tick !== tick, 120);
        await step('allocate');
        if (await shared() !== 0) {
            continue;
        }
        const marked = await ctl('--json', 'mark', 'allocated');
        assert.equal(JSON.parse(marked.stdout).shared, 32 << 20);
        await step('send');
        await step('end');
        if (await shared() !== 32 << 20) {
            continue;
        }
        const now = await ctl('--json', 'gate', 'allocated', '--wait=0');
        const { checks } = JSON.parse(now.stdout);
        assert.equal(checks.find((check) => check.what === 'shared').now, 0);
        return;
    }
    assert.fail('no tick was long enough');
});
