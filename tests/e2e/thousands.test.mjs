// Ten thousand isolates in the page: what is in sight is drawn and nothing else, finding, sorting and the
// last row work, figures are the API's. How fast the frames are is measured by `make check-frames`.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { resolve } from 'node:path';
import test from 'node:test';
import { scene, until } from '../scenario/lib.mjs';
import { launch, open } from './browser.mjs';

const ISOLATES = 10000;
const EACH = 2000;
const ROWS_MOST = 100;
const bytesIn = (title) => Number((title ?? '').replace(/\D/g, ''));

test('ten thousand isolates', async (t) => {
    const s = await scene(t);
    await s.collector();
    for (let first = 0; first < ISOLATES; first += EACH) {
        const emitter = fork(resolve('bench/page.mjs'), ['--emit', s.socket, String(first), String(EACH)]);
        t.after(() => emitter.kill());
    }
    await until('all are known', async () => (await s.frame()).isolates.length >= ISOLATES, 120);
    const browser = await launch(t);
    const { page, faults, refused } = await open(browser, `${s.url}/#/isolates`);
    const grid = page.locator('[role=grid]');
    const rows = page.locator('.lines [role=row]:visible');
    await until('a line for each', async () => Number(await grid.getAttribute('aria-rowcount')) === ISOLATES + 1, 120);
    assert.match(await page.locator('.verdict h1').textContent(), /10,000 isolates/);
    assert.ok((await page.locator('.lines [role=row]').count()) < ROWS_MOST);
    await until('the picture speaks of all', async () =>
        /^10,000 isolates/.test(await page.locator('.fleet .plot').getAttribute('aria-label')), 60);

    await page.evaluate(() => { const one = document.querySelector('.grid'); one.scrollTop = one.scrollHeight; });
    await until('the last row', async () => Math.max(...await rows.evaluateAll((all) =>
        all.map((row) => Number(row.getAttribute('aria-rowindex'))))) === ISOLATES + 1, 30);
    assert.ok((await page.locator('.lines [role=row]').count()) < ROWS_MOST);

    await page.keyboard.press('/');
    await page.keyboard.type('ssr-9999');
    await until('the one that is looked for', async () => (await rows.count()) === 1, 30);
    const { id } = (await s.frame()).isolates.find((one) => one.name === 'ssr-9999');
    await until('its figure is the API\'s', async () => {
        const shown = bytesIn(await rows.first().locator('.c-bar .q').getAttribute('title'));
        return shown > 0 && shown === (await s.get(`/api/v1/isolates/${encodeURIComponent(id)}`)).heap.used;
    }, 60);
    await page.keyboard.press('Escape');
    await until('all again', async () => Number(await grid.getAttribute('aria-rowcount')) === ISOLATES + 1, 30);
    await page.getByRole('button', { name: 'External' }).click();
    await until('those with buffers first', async () =>
        bytesIn(await rows.first().locator('.c-ext .q').getAttribute('title')) === 1 << 20, 30);
    assert.deepEqual(faults, []);
    assert.deepEqual(await refused(), []);
});
