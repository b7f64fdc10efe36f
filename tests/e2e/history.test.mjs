// A day of the past in the page: a history.db as a collector leaves it that ran for a day, read by the
// real collector. What is drawn and told are the API's figures, at every zoom, to the end of what is
// kept; a hole stays a hole and says how long it is.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { bin, scene, until } from '../scenario/lib.mjs';
import { launch, open } from './browser.mjs';

const HOURS = 26; // two more than are kept
const CONFIG = `history: {rollup_keep: 24h}
budgets: [{name: test, match: test, limit: 512MiB}]
`;
const BLOCK = 900; // seconds that one block of the file covers: the past ends where one does
const text = (page, selector) => page.locator(selector).first().textContent();
const query = (page) => new URLSearchParams(page.url().split('?')[1]);

/** A program that is watched, a collector that knows a day of its first worker and of its budget. */
async function remembered(t) {
    const s = await scene(t);
    const config = join(s.dir, 'isoscope.yaml');
    writeFileSync(config, CONFIG);
    const begin = () => s.collector('--config', config);
    const first = await begin();
    const program = s.run('steady.js');
    s.id = `${program.pid}.1`;
    await until('the worker', async () => (await s.frame()).isolates.some((one) => one.id === s.id));
    s.end = Math.floor((Date.now() / 1000 - 60) / BLOCK) * BLOCK;
    await first.kill('SIGTERM');
    execFileSync(resolve(bin, '../tests/past'), [join(s.dir, 'state'), String(s.end), String(HOURS), `isolate:${s.id}`, 'budget:test']);
    s.daemon = await begin();
    await until('the worker again', async () => (await s.frame()).isolates.some((one) => one.id === s.id));
    await until('what is too old is gone', async () => {
        const { oldest } = (await s.get('/api/v1/status')).history;
        return oldest > Date.now() / 1000 - 25 * 3600 && oldest < Date.now() / 1000 - 23 * 3600;
    }, 60);
    return s;
}

async function saved(page, name) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
    const rows = readFileSync(await download.path(), 'utf8').trim().split('\r\n').slice(1);
    return rows.map((row) => row.split(',')).map(([time, ...rest]) => [Date.parse(time) / 1000, ...rest]);
}

/** The points of the heap's picture are the API's, each of them. */
async function equals(s, page) {
    const rows = await saved(page, 'CSV of the heap');
    assert.ok(rows.length > 20, `${rows.length} rows`);
    const step = Math.min(...rows.slice(1).map(([at], i) => at - rows[i][0]));
    const [from, to] = [rows[0][0], rows.at(-3)[0]];
    const { points } = await s.get(`/api/v1/history?of=isolate:${s.id}&metric=heap.used&from=${from}&to=${to + step}&step=${step}`);
    const told = points.filter((point) => point[1] !== null && point[0] <= to).map(([at, low, , high]) => `${at} ${low} ${high}`);
    assert.deepEqual(rows.filter(([at]) => at <= to).map(([at, low, , high]) => `${at} ${low} ${high}`), told);
    return { rows, step };
}

test('a day of one isolate: ranges, zoom, pan, the hole', async (t) => {
    const s = await remembered(t);
    const browser = await launch(t);
    const { page, faults, refused } = await open(browser, `${s.url}/#/isolates/${s.id}?range=1d`);
    await page.evaluate(() => { window.isMeasuring = true; });
    await until('the hole says how long it is', () => page.evaluate(() =>
        window.painted.some(({ text: words }) => /^no data, 40 min/.test(words))), 30);
    const day = await until('a day of points', async () => {
        const all = await equals(s, page);
        return all.rows.at(-1)[0] - all.rows[0][0] > 22 * 3600 && all;
    }, 30);
    const holes = day.rows.slice(1).filter(([at], i) => at - day.rows[i][0] > 2300);
    assert.equal(holes.length, 1, 'nothing bridges it');

    // a stretch of the morning by its address, then by the pointer
    const from = s.end - 8 * 3600;
    await page.goto(`${s.url}/#/isolates/${s.id}?from=${from}&to=${from + 3600}`);
    const hour = await until('that hour', async () => {
        const all = await equals(s, page);
        return all.rows[0][0] >= from - 60 && all.rows.at(-1)[0] <= from + 3660 && all;
    }, 30);
    assert.equal(hour.step, 15, 'as fine as it is kept');
    const over = await page.locator('.u-over').first().boundingBox();
    const drag = async (begin, end, key) => {
        if (key) {
            await page.keyboard.down(key);
        }
        await page.mouse.move(over.x + over.width * begin, over.y + 50);
        await page.mouse.down();
        await page.mouse.move(over.x + over.width * end, over.y + 60, { steps: 4 });
        await page.mouse.up();
        if (key) {
            await page.keyboard.up(key);
        }
    };
    await drag(0.25, 0.5);
    await until('a quarter of it', async () => {
        const [begin, end] = [Number(query(page).get('from')), Number(query(page).get('to'))];
        return Math.abs(begin - from - 900) < 30 && Math.abs(end - begin - 900) < 30;
    });
    const quarter = Number(query(page).get('from'));
    await drag(0.25, 0.75, 'Shift');
    await until('what was before it', async () => Math.abs(quarter - Number(query(page).get('from')) - 450) < 30);
    await until('its points', async () => {
        const { rows } = await equals(s, page);
        return rows[0][0] < quarter - 400;
    }, 30);
    await page.keyboard.press('Escape');
    await until('back to the hour', async () => Math.abs(Number(query(page).get('from')) - from) < 30);
    assert.deepEqual(faults, []);
    assert.deepEqual(await refused(), []);
});

test('a day of the budget: its table is the API, and ends where the past does', async (t) => {
    const s = await remembered(t);
    const browser = await launch(t);
    const { page, faults, refused } = await open(browser, `${s.url}/#/?range=7d`);
    await page.evaluate(() => { window.isMeasuring = true; });
    await page.locator('[data-range="1d"]').click();
    await until('the hole says how long it is, to a column', () => page.evaluate(() =>
        window.painted.some(({ text: words }) => /^no data, (3[89]|4[0-2]) min/.test(words))), 30);

    const to = s.end - 11 * 3600;
    await page.goto(`${s.url}/#/?from=${to - 900}&to=${to}`);
    await page.locator('.hero button', { hasText: 'Table' }).click();
    await until('each row is the highest of its columns', async () => {
        await page.locator('.hero button', { hasText: 'Table' }).click();
        await page.locator('.hero button', { hasText: 'Table' }).click();
        const shown = (await page.locator('.plottable tbody tr td:nth-child(2)').evaluateAll((cells) =>
            cells.map((cell) => Number(cell.title.replace(/\D/g, ''))))).filter((bytes) => bytes > 0);
        const { used } = await s.get(`/api/v1/budgets/test/history?from=${to - 900}&to=${to}&px=900&top=14`);
        const known = new Set(used.filter((value) => value !== null));
        return shown.length > 10 && known.size > 10 && shown.every((bytes) => known.has(bytes));
    }, 30);

    // one step further back than anything is kept
    const { oldest } = (await s.get('/api/v1/status')).history;
    await page.goto(`${s.url}/#/?from=${Math.floor(oldest) - 7200}&to=${Math.floor(oldest) + 3600}`);
    await until('it says where the past ends', () => page.evaluate(() =>
        window.painted.some(({ text: words }) => /^no data|nothing is kept|kept/.test(words))), 30);
    assert.deepEqual(faults, []);
    assert.deepEqual(await refused(), []);
});
