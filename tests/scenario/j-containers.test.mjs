// A short form of make check-containers: one container that the kernel kills, one that recycling saves.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import test from 'node:test';
import { makeGroup, removeGroup } from '../containers/box.mjs';
import { isSanitized, scene, until } from './lib.mjs';

test('a limit that changes while it runs is noticed and told', async (t) => {
    const group = makeGroup(512 << 20);
    if (group === null) {
        t.skip('no memory cgroup can be made');
        return;
    }
    const s = await scene(t);
    t.after(() => removeGroup(group));
    await s.collector();
    const program = s.run('steady.js');
    writeFileSync(join(group, 'cgroup.procs'), String(program.pid));
    const budget = (limit) => until(`a limit of ${limit}`, async () =>
        (await s.get('/api/v1/budgets')).budgets.find((one) => one.name === basename(group) && one.limit === limit), 30);
    await budget(512 << 20);
    writeFileSync(join(group, 'memory.limit_in_bytes'), String(300 << 20));
    assert.equal((await budget(300 << 20)).headroom, 30 << 20);
    const event = (await s.events('limit')).find((one) => one.after === 300 << 20);
    assert.equal(event.before, 512 << 20);
    assert.ok(event.container.endsWith(basename(group)));
    await program.kill();
});

test('a container that fills up is told before the kernel kills, and recycling saves it', { skip: isSanitized && 'too slow' }, (t) => {
    const { status, stdout, stderr } = spawnSync(process.execPath,
        ['tests/containers/run.mjs', '--speeds', '50', '--runs', '1', '--seconds', '15', '--both'], { encoding: 'utf8' });
    if (status === 77) {
        t.skip(stdout.trim());
        return;
    }
    assert.equal(status, 0, stdout + stderr);
});

test('a clean, noisy pool raises no alert', { skip: isSanitized && 'too slow' }, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['tests/containers/noisy.mjs', '15', '300'], { encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
});
