// The demonstration as the README has it: ends by itself, and its summary says what there was to see.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { promisify } from 'node:util';
import { freePort, isSanitized } from './lib.mjs';

/* `make demo` builds and runs the plain programs. */
async function shown(seconds) {
    const listen = `127.0.0.1:${await freePort()}`;
    const { stdout } = await promisify(execFile)('make', ['demo', `SECONDS=${seconds}`],
        { env: { ...process.env, DEMO_LISTEN: listen, MAKEFLAGS: '' }, timeout: 900e3 });

    assert.match(stdout, new RegExp(`http://${listen}`));
    const rate = /thumb-3 keeps ([\d.]+) MiB more after every message job/.exec(stdout);
    assert.ok(rate, stdout);
    assert.ok(Math.abs(Number(rate[1]) - 1.5) < 0.15, `${rate[1]} MiB a job`);
    const alerts = [...stdout.matchAll(/^drift:\S+ +firing/gm)];
    assert.ok(alerts.length >= 1, 'the leak is an alert');
    const line = readFileSync('demo/leak.js', 'utf8').split('\n').findIndex((text) => text.includes('cache.push(')) + 1;
    assert.match(stdout, new RegExp(`made at \\S*demo/leak\\.js:${line} in cacheTile`), 'and who did it is known');
    assert.doesNotMatch(stdout, /(thumb-[124]|mail|video|index|report|cache|import)-?\d? keeps/);

    const row = /^ *\d+ +demo +\w+ +13 +([\d.]+) MiB +([\d.]+) MiB +.*?80\.0 MiB/m.exec(stdout);
    assert.ok(row, 'one row with the sum of heaps and the shared store once');
    const [rss, heap] = row.slice(1).map(Number);
    assert.ok(heap > 150 && heap < rss, `heaps ${heap} of rss ${rss} MiB`);
    const stores = [...stdout.matchAll(/^ *\d+ +\d+ +80\.0 MiB +yes/gm)];
    assert.equal(stores.length, 1, 'one store, pinned by several');
}

test('make demo SECONDS=40', { skip: isSanitized && 'sanitizer' }, async (t) => {
    try {
        await shown(40);
    } catch (error) { // where the machine is slow the leak shows later
        t.diagnostic(`not within 40 s: ${error.message}`);
        await shown(200);
    }
});
