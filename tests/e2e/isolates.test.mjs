// All isolates and one isolate, as somebody sees them: what is drawn and written equals the API, what
// can be done is done, what cannot says why, and the past outlives the isolate and the collector.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { programs, scene, until } from '../scenario/lib.mjs';
import { flaws, launch, open } from './browser.mjs';

const WIDTHS = [1280, 768, 390];

async function watched(t, script, { acts = true } = {}) {
    const s = await scene(t);
    const config = join(s.dir, 'isoscope.yaml');
    writeFileSync(config, `http:\n  allow_actions: ${acts}\n`);
    s.restart = () => s.collector('--config', config);
    s.daemon = await s.restart();
    s.program = s.start('isorun', ['--collector', s.socket, '--name', 'demo', script]);
    s.find = (name, is = () => true) => until(`isolate ${name}`, async () =>
        (await s.frame()).isolates.find((one) => one.name === name && is(one)), 60);
    return s;
}

const text = (page, selector) => page.locator(selector).first().textContent();
const lines = (page) => page.locator('.lines [role=row]:visible');
const lineOf = (page, name) => lines(page).filter({ has: page.locator('.nm', { hasText: name }) });
const bytesIn = (title) => Number((title ?? '').replace(/\D/g, ''));

/** A file the page saves, as text. */
async function saved(page, button) {
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
    return readFileSync(await download.path());
}

/** No flaw in either theme, and nothing that sticks out at any width (make pictures has the pictures). */
async function looksRight(page, name) {
    assert.deepEqual(await flaws(page), [], name);
    for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 860 });
        await until('nothing sticks out', async () =>
            (await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
    }
    assert.deepEqual(await flaws(page), [], `${name} ${WIDTHS.at(-1)}`);
    await page.setViewportSize({ width: 1440, height: 900 });
}

test('the table sorts, filters, groups, and opens an isolate by the keyboard', async (t) => {
    const s = await watched(t, resolve('demo/main.js'));
    const browser = await launch(t);
    const { page, faults, refused } = await open(browser, `${s.url}/#/isolates`);
    await until('a line for each', async () => (await lines(page).count()) === 13, 30);

    await until('used as the API has it', async () => {
        const shown = bytesIn(await lineOf(page, 'report-1').locator('.c-bar .q').getAttribute('title'));
        return shown > 0 && shown === (await s.find('report-1')).heap.used;
    });
    await page.getByRole('button', { name: 'External' }).click();
    await until('the address says the order', async () => /sort=external/.test(page.url()));
    await page.getByRole('button', { name: 'Name', exact: true }).click();
    await until('by name', async () =>
        (await lines(page).first().locator('.open').textContent()) === 'cache-1');
    assert.equal(await page.locator('[aria-sort=ascending]').textContent(), 'Name');

    await page.keyboard.press('/');
    await page.keyboard.type('mail');
    await until('what fits', async () => (await lines(page).count()) === 2);
    await until('the address says what for', () => /q=mail/.test(page.url()));
    await page.keyboard.type('nobody');
    await until('nothing fits', async () => (await lines(page).count()) === 0);
    assert.deepEqual(await flaws(page), [], 'nothing fits');
    await page.keyboard.press('Escape');
    await until('all again', async () => (await lines(page).count()) === 13);
    await page.locator('.by select').selectOption('pool');
    await until('headings', async () => (await page.locator('.lines .c-group:visible').count()) > 5);
    assert.match(await text(page, '.lines .fold >> nth=0'), /\w/);
    assert.deepEqual(await flaws(page), [], 'by pool');
    const before = await lines(page).count();
    await page.locator('.lines .fold:visible').first().click();
    await until('one is folded', async () => (await lines(page).count()) < before);
    await page.goBack();
    await until('Back ungroups', async () => (await page.locator('.lines .c-group:visible').count()) === 0);

    await until('the leak is seen', async () =>
        /rising/.test(await lineOf(page, 'thumb-3').locator('.st').textContent()), 60);
    await until('the head says so', async () => /^1 of 13 isolates is rising/.test(await text(page, '.verdict h1')));
    await page.locator('.statechip', { hasText: 'rising' }).click();
    await until('only it', async () => (await lines(page).count()) === 1);
    await page.locator('.statechip', { hasText: 'rising' }).click();
    await until('all again', async () => (await lines(page).count()) === 13);
    await looksRight(page, 'isolates');

    const { id } = await s.find('mail-2');
    await page.keyboard.press('j');
    for (let i = 0; i < 13; i++) {
        if (await page.locator('.lines .is-active .nm', { hasText: 'mail-2' }).count()) {
            break;
        }
        await page.keyboard.press('j');
    }
    await page.keyboard.press('Enter');
    await until('its own view', async () => (await text(page, '.verdict h1')).startsWith('mail-2'));
    assert.match(page.url(), new RegExp(`#/isolates/${id}`));
    assert.deepEqual(faults, []);
    assert.deepEqual(await refused(), []);
});

test('one isolate: its figures, files, zoom, census and profile', async (t) => {
    const s = await watched(t, resolve('tests/e2e/growing.js'));
    const browser = await launch(t);
    const { id } = await s.find('thumb-3', (one) => one.drift.state === 'rising');
    const { page, faults, refused } = await open(browser, `${s.url}/#/isolates/${id}`);
    await until('the alert in its own words', async () => {
        const { alerts } = await s.get('/api/v1/alerts');
        const alert = alerts.find((one) => one.isolate === id && one.rule === 'drift');
        const words = (await text(page, '.verdict h1')).replaceAll('\u00a0', ' ');
        return words.length > 20 && alert.summary.startsWith(words);
    });
    await page.getByRole('button', { name: /^Profile/ }).click();
    await page.getByRole('button', { name: /^Count/ }).click();
    await until('kinds', async () => (await page.locator('.census tbody tr').count()) > 0);
    // a job may or may not lie between two counts
    await until('what is new', async () => {
        await page.getByRole('button', { name: /^Count/ }).click();
        const grown = page.locator('.census tr[data-name="(string)"] td').first();
        return /^\+[\d,]+$/.test(await grown.textContent({ timeout: 1000 }));
    }, 30);

    // what was counted and what has come is the file of the last action that was answered
    let census;
    page.on('response', async (one) => {
        if (/\/actions\/\d+\/file$/.test(one.url())) {
            census = await one.json();
        }
    });
    await page.getByRole('button', { name: /^Count/ }).click();
    await until('its figures', async () => {
        const file = String(await saved(page, page.getByRole('button', { name: 'CSV of the count' })));
        const shown = file.trim().split('\r\n').slice(1).map((row) => row.split(',').slice(-4).join()).sort();
        const told = census.rows.map((row) => [row.count, row.bytes, row.count_grown, row.bytes_grown].join()).sort();
        return JSON.stringify(shown) === JSON.stringify(told);
    });

    // the line of the picture is the detector's
    await until('its slope in words', async () => {
        const { drift } = (await s.frame()).isolates.find((one) => one.id === id);
        const label = await page.locator('.narrow .plot').first().getAttribute('aria-label');
        const [, value, unit] = /\+([\d.]+)\s(KiB|MiB) a job$/.exec(label) ?? [];
        return Math.abs(value * (unit === 'MiB' ? 1 << 20 : 1024) / drift.bytes_per_job - 1) < 0.02;
    });

    // the points that are drawn are the API's
    const csv = String(await saved(page, page.getByRole('button', { name: 'CSV of the heap' })));
    const rows = csv.trim().split('\r\n').slice(1).map((row) => row.split(','));
    assert.ok(rows.length > 3, csv);
    const start = Date.parse(rows[0][0]) / 1000;
    const end = Date.parse(rows[rows.length - 3][0]) / 1000;
    const past = await s.get(`/api/v1/history?of=isolate:${id}&metric=heap.used&from=${start}&to=${end + 1}&step=1`);
    for (const [at, low, , high] of past.points.filter((point) => point[0] <= end && point[0] >= start)) {
        const row = rows.find(([time]) => Date.parse(time) / 1000 === at);
        assert.deepEqual(row?.slice(1, 2).concat(row[3]), [String(low), String(high)], csv);
    }
    const jobs = String(await saved(page, page.getByRole('button', { name: 'CSV of the jobs' })));
    const known = (await s.get(`/api/v1/isolates/${id}/jobs?limit=5000`)).jobs;
    for (const row of jobs.trim().split('\r\n').slice(1).map((line) => line.split(','))) {
        const job = known.find((one) => one.number === Number(row[1]));
        assert.equal(Number(row[4]), job?.live_after);
    }
    const png = await saved(page, page.getByRole('button', { name: 'PNG of the heap' }));
    assert.equal(png.subarray(1, 4).toString(), 'PNG');

    const over = await page.locator('.u-over').first().boundingBox();
    await page.mouse.move(over.x + over.width * 0.6, over.y + 40);
    await until('all charts point at the same moment', async () => {
        const [heap, job] = await page.locator('.chartpanel .readout').allTextContents();
        const seconds = (words) => words.match(/(\d\d):(\d\d):(\d\d)/).slice(1).reduce((sum, part) => 60 * sum + Number(part), 0);
        return /^job [\d,]+, /.test(job) && Math.abs(seconds(heap) - seconds(job)) <= 2;
    });
    await page.mouse.down();
    const share = Math.min(0.3, 40 / (end - start)); // less than a minute, however long it has run
    await page.mouse.move(over.x + over.width * (0.6 + share), over.y + 60, { steps: 4 });
    await page.mouse.up();
    await until('the zoom in the address', async () => /from=.*to=/.test(page.url()));
    const query = new URLSearchParams(page.url().split('?')[1]);
    const seconds = Number(query.get('to')) - Number(query.get('from'));
    assert.ok(seconds < 60, page.url());
    await until('the picture of that stretch', async () =>
        (await text(page, '.chartpanel .remark')).startsWith(`${Math.floor(seconds + 1e-6)} s`));
    await page.keyboard.press('Escape');
    await until('back', async () => !/from=/.test(page.url()));

    await until('the site that allocates', async () =>
        /cacheTile growing\.js/.test(await page.locator('.icicle').textContent()), 40);
    const link = await page.locator('.panelfoot a', { hasText: 'heapprofile' }).getAttribute('href');
    const sum = (node) => node.selfSize + node.children.reduce((total, child) => total + sum(child), 0);
    const whole = sum((await s.get(link)).head);
    const bars = String(await saved(page, page.getByRole('button', { name: 'CSV of the profile' })));
    assert.equal(Number(bars.split('\r\n')[1].split(',').at(-1)), whole);
    await page.locator('[data-value=all]').click();
    await until('the address says so', () => /profile=all/.test(page.url()));
    await until('all that was allocated, gone or not', async () =>
        /all that was allocated/.test(await page.locator('.icicle').textContent()));
    const made = (node) => node.allocatedSize + node.children.reduce((total, child) => total + made(child), 0);
    const wider = String(await saved(page, page.getByRole('button', { name: 'CSV of the profile' })));
    assert.equal(Number(wider.split('\r\n')[1].split(',').at(-1)), made((await s.get(link)).head));
    assert.ok(made((await s.get(link)).head) > whole);
    await looksRight(page, 'isolate');
    assert.deepEqual(faults, []);
    assert.deepEqual(await refused(), []);
});

test('recycling asks once, frees, and leads to the successor', async (t) => {
    const s = await watched(t, join(programs, 'pooled.js'));
    const browser = await launch(t);
    const { id } = await s.find('thumbs-1', (one) => one.pool === 'thumbs' && one.jobs > 50);
    const { page, faults } = await open(browser, `${s.url}/#/isolates/${id}`);
    await page.getByRole('button', { name: /^Collect/ }).click();
    await until('collected', async () => /done/.test(await page.locator('.deeds').textContent()));
    await page.getByRole('button', { name: /^Recycle/ }).click();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Cancel');
    assert.deepEqual(await flaws(page), []);
    await page.keyboard.press('Enter');
    assert.equal((await s.find('thumbs-1')).id, id);
    await page.getByRole('button', { name: /^Recycle/ }).click();
    await page.getByRole('button', { name: 'Recycle now' }).click();
    await until('it has ended', async () => /has ended/.test(await text(page, '.verdict h1')), 30);
    const { recycles } = await s.get(`/api/v1/recycles?isolate=${id}`);
    assert.equal(recycles.length, 1);
    await until('what it brought', async () => /Recycled, freed/.test(await text(page, '.verdict .evidence')));
    assert.deepEqual(await flaws(page), [], 'ended');
    await page.locator('.verdict .link').click();
    await until('the successor', async () => !page.url().includes(`/${id}`) &&
        !/ended/.test(await text(page, '.verdict h1')));
    assert.deepEqual(faults, []);
});

test('what is not allowed is no button; what is over keeps its past over a restart', async (t) => {
    const s = await watched(t, join(programs, 'steady.js'), { acts: false });
    const browser = await launch(t);
    const { id } = await s.find('main');
    const { page, faults } = await open(browser, `${s.url}/#/isolates/${id}?range=15m`);
    await until('why not', async () => /allow_actions is false/.test(await text(page, '.doing')));
    assert.equal(await page.locator('.deed:visible').count(), 0);
    const points = () => s.get(`/api/v1/history?of=isolate:${id}&metric=heap.used&from=-900&step=1`);
    await until('some past', async () => (await points()).points.length > 8);
    await s.program.kill();
    await until('it died', async () => /died/.test(await text(page, '.verdict h1')));
    await s.daemon.kill('SIGTERM');
    await s.restart();
    const later = await open(browser, `${s.url}/#/isolates/${id}?range=15m`);
    await until('nobody reports', async () => (await later.page.locator('.empty:visible').count()) === 1);
    s.start('isorun', ['--collector', s.socket, '--name', 'other', join(programs, 'steady.js')]);
    await until('not known any more', async () => /not known any more/.test(await text(later.page, '.verdict h1')));
    const csv = await until('its past', async () => {
        const file = String(await saved(later.page, later.page.getByRole('button', { name: 'CSV of the heap' })));
        return file.split('\r\n').length > 3 && file;
    });
    const [first, second] = csv.split('\r\n').slice(1).map((row) => Date.parse(row.split(',')[0]) / 1000);
    const kept = await s.get(`/api/v1/history?of=isolate:${id}&metric=heap.used&from=-900&step=${second - first}`);
    assert.ok(kept.points.length > 1);
    for (const [at, low] of kept.points) {
        assert.ok(csv.includes(`${new Date(at * 1000).toISOString()},${low},`), csv);
    }
    assert.deepEqual(await flaws(later.page), []);
    assert.deepEqual([...faults, ...later.faults].filter((fault) => !/404|ERR_|Failed/.test(fault)), []);
});

test('a fleet is a picture: how many stand where, its pools, who rises', async (t) => {
    const s = await watched(t, resolve('tests/e2e/fleet.js'));
    await s.find('edge-3', (one) => one.drift.state === 'rising');
    const browser = await launch(t);
    const { page, faults, refused } = await open(browser, `${s.url}/#/isolates`);
    await until('the picture speaks of all', async () =>
        /^71 isolates/.test(await page.locator('.fleet .plot').getAttribute('aria-label')), 30);
    await until('and of the one that rises', async () =>
        /rising: edge-3/.test(await page.locator('.fleet .plot').getAttribute('aria-label')));
    const csv = String(await saved(page, page.getByRole('button', { name: 'CSV of the fleet' })));
    const columns = csv.trim().split('\r\n').slice(1).map((row) => row.split(',').slice(1).map(Number));
    assert.ok(columns.some((column) => column.reduce((sum, value) => sum + value) === 71), csv);
    assert.ok(columns.every((column) => column.length === 40));
    const begun = columns.findIndex((column) => column.some((value) => value > 0));
    assert.ok(columns.slice(begun).every((column) => column.some((value) => value > 0)), `holes\n${csv}`);
    await until('chips that agree with the head', async () => {
        const chip = await page.locator('.statechip', { hasText: 'warming' }).textContent().catch(() => '0');
        return chip.replace(/\D/g, '') === await page.locator('.stat .v').nth(1).textContent();
    });
    const pools = await page.locator('.pools tbody tr:visible').evaluateAll((rows) =>
        rows.map((row) => [row.children[0].textContent, row.children[1].textContent].join(' ')));
    assert.deepEqual(pools.slice(0, 3), ['edge 42', 'ssr 21', 'cron 7']);
    const list = String(await saved(page, page.getByRole('button', { name: 'CSV of the isolates' })));
    assert.equal(list.trim().split('\r\n').length, 72);
    await looksRight(page, 'fleet');
    assert.deepEqual(faults, []);
    assert.deepEqual(await refused(), []);
});

test('hostile names are text in the table and in the view', async (t) => {
    const s = await watched(t, resolve('tests/e2e/names.js'));
    const browser = await launch(t);
    const { page, faults, refused } = await open(browser, `${s.url}/#/isolates`);
    await until('four lines', async () => (await lines(page).count()) === 4, 30);
    await page.locator('.by select').selectOption('pool');
    const { id } = await s.find('<img src=x onerror=alert(1)>');
    await page.goto(`${s.url}/#/isolates/${id}`);
    await until('markup as text', async () => (await text(page, '.verdict h1')).includes('<img src=x'));
    await page.goto(`${s.url}/#/isolates/%3Cimg%20src=x%20onerror=alert(1)%3E?q=%3Cimg%3E&sort=%3Cb%3E`);
    await until('so in the address', async () => (await text(page, '.verdict h1')).includes('<img src=x'));
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 1440);
    assert.deepEqual(faults.filter((fault) => !/404/.test(fault)), []);
    assert.deepEqual(await refused(), []);
});
