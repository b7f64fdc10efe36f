// Whom isoprobe watches by itself, as the collector's configuration says, which may change.
import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import test from 'node:test';
import { programs, scene, until } from './lib.mjs';
import { refusal } from './probe.mjs';

const skip = refusal();

test('by number, by a glob of names, every one; changed while running', { skip }, async (t) => {
    const s = await scene(t);
    const config = join(s.dir, 'config.yaml');
    const run = async (name) => {
        const script = join(s.dir, `${basename(s.dir)}-${name}`); // as no other program on the machine
        copyFileSync(join(programs, name), script);
        const self = s.start(process.execPath, [script], { stdio: ['pipe', 'pipe', 'pipe'] });
        await until(`${name} runs`, () => self.stdout.includes('ready'));
        return self;
    };
    const wanted = (list) => writeFileSync(config, `probes: {attach: [${list}], interval: 2s}\n`);
    wanted(`{process: "*${basename(s.dir)}-flo*"}`);
    const daemon = await s.collector('--config', config);
    s.start('isoprobe', ['--serve', '--collector', s.socket]);
    const [flood, swell] = [await run('flood.js'), await run('swell.js')];
    const seen = async () => (await s.frame()).processes.filter((one) => one.pid === flood.pid || one.pid === swell.pid)
        .map((one) => one.pid).sort((a, b) => a - b).join();
    await until('the glob is followed', async () => await seen() === `${flood.pid}`);
    wanted(`{process: ${swell.pid}}`);
    daemon.child.kill('SIGHUP');
    await until('the number is', async () => await seen() === `${swell.pid}`);
    wanted('{process: "*"}');
    daemon.child.kill('SIGHUP');
    await until('every one is', async () => await seen() === [flood.pid, swell.pid].sort((a, b) => a - b).join());
    const late = await run('flood.js');
    await until('one that starts is', async () => (await s.frame()).processes.some((one) => one.pid === late.pid));
    wanted('');
    daemon.child.kill('SIGHUP');
    // of other programs that were watched, those that ended meanwhile are still told of
    await until('nobody is', async () => (await s.frame()).processes.every((one) => one.ended_at !== null));
});

test('what is no list of processes is refused with its place', async (t) => {
    const s = await scene(t);
    writeFileSync(join(s.dir, 'bad.yaml'), 'probes:\n  attach: [{pid: 4}]\n');
    const { code } = await s.start('isoscoped', ['--check-config', '--config', join(s.dir, 'bad.yaml')]).ended;
    assert.equal(code, 2);
});
