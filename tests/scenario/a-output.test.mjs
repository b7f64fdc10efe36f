// What scripts print: nobody reads it, or nobody is there to read it.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { bin, programs } from './lib.mjs';

function run(script, stdout = 'pipe') {
    return spawn(join(bin, 'isorun'), ['--collector', 'none', ...script],
        { stdio: ['ignore', stdout, 'pipe'], timeout: 300e3, killSignal: 'SIGKILL' });
}

test('a worker stuck in a full pipe can be terminated', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'isoscope-'));
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const end = openSync(pipe, 'r+'); // a reader that never reads
    t.after(() => {
        closeSync(end);
        rmSync(folder, { recursive: true });
    });
    const child = run([join(programs, 'full-pipe.js')], end);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => { stderr += text; });
    const [code, signal] = await once(child, 'close');
    assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: 'ended 1\n' });
});

test('a reader that is gone does not end the program', async () => {
    const child = run(['-e', 'console.log("first"); setTimeout(function () {' +
        'for (var i = 0; i < 1000; i++) { console.log("more"); } process.exit(5); }, 500);']);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code, signal] = await once(child, 'exit');
    assert.deepEqual({ code, signal }, { code: 5, signal: null });
});

test('lines of several threads do not mix', async () => {
    const child = run(['-e', 'var W = require("worker_threads").Worker; for (var n = 0; n < 4; n++) {' +
        'new W("for (var i = 0; i < 2000; i++) console.log(\'" + "abcd"[n] + "\'.repeat(200))", { eval: true }); }']);
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text) => { stdout += text; });
    await once(child, 'close');
    const lines = stdout.trimEnd().split('\n');
    assert.equal(lines.length, 8000);
    assert.ok(lines.every((line) => /^(a{200}|b{200}|c{200}|d{200})$/.test(line)));
});
