// A short form of make check-containers: one container that the kernel kills, one that recycling saves.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { isSanitized } from './lib.mjs';

test('a container that fills up is told before the kernel kills, and recycling saves it', { skip: isSanitized && 'too slow' }, (t) => {
    const { status, stdout, stderr } = spawnSync(process.execPath,
        ['tests/containers/run.mjs', '--speeds', '50', '--runs', '1', '--seconds', '15', '--both'], { encoding: 'utf8' });
    if (status === 77) {
        t.skip(stdout.trim());
        return;
    }
    assert.equal(status, 0, stdout + stderr);
});
