// What somebody picks out of the page: pins, a sign in the lane of a chart, a budget, one alert. All of
// it stands in the address, is drawn, and is in the files that are saved.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { scene, until } from '../scenario/lib.mjs';
import { flaws, launch, open } from './browser.mjs';

const CONFIG = `http: {allow_actions: true}
budgets:
- {name: small, match: demo, limit: 64MiB, for: 0s}
- {name: large, match: demo, limit: 4GiB}
`;
const here = (page) => page.evaluate(() => decodeURIComponent(location.hash));
const rgb = { 'pin-1': [31, 95, 214], 'pin-2': [181, 71, 27] };

async function watched(t, script) {
    const s = await scene(t);
    writeFileSync(join(s.dir, 'isoscope.yaml'), CONFIG);
    await s.collector('--config', join(s.dir, 'isoscope.yaml'));
    s.start('isorun', ['--collector', s.socket, '--name', 'demo', resolve(script)]);
    s.find = (name) => until(name, async () => (await s.frame()).isolates.find((one) => one.name === name), 60);
    return s;
}

/** How many pixels of a canvas have exactly this colour. */
const painted = (page, selector, colour) => page.locator(selector).first().evaluate((canvas, [r, g, b]) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let many = 0;
    for (let i = 0; i < data.length; i += 4) {
        many += data[i] === r && data[i + 1] === g && data[i + 2] === b ? 1 : 0;
    }
    return many;
}, rgb[colour]);

async function saved(page, button) {
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
    return readFileSync(await download.path());
}

test('pins have a colour in every table and chart, and stay in the address', async (t) => {
    const s = await watched(t, 'tests/e2e/growing.js');
    const [first, second] = [await s.find('thumb-1'), await s.find('thumb-2')];
    const browser = await launch(t);
    const { page, faults, refused } = await open(browser, `${s.url}/#/isolates`, { colorScheme: 'light' });
    const line = (name) => page.locator('.lines [role=row]:visible').filter({ has: page.locator('.nm', { hasText: name }) });
    await line('thumb-1').locator('.c-state').click();
    await page.keyboard.press('p');
    await until('the first pin', async () => (await here(page)).includes(`pin=${first.id}`));
    await until('its line', async () => (await line('thumb-1').getAttribute('data-pin')) === '1');

    await page.goto(`${s.url}/#/isolates/${second.id}?pin=${first.id}`);
    await page.getByRole('button', { name: 'Pin', exact: true }).click();
    await until('both', async () => (await here(page)).includes(`pin=${first.id},${second.id}`));
    await until('both are shown', async () => (await page.locator('.pins .pin').count()) === 2);
    await until('the other one is drawn beside its heap', async () =>
        (await painted(page, '.chartpanel canvas', 'pin-1')) > 20, 30);
    assert.deepEqual(await flaws(page), []);

    await page.getByRole('link', { name: 'Overview' }).first().click();
    await until('its row on the overview', async () => (await page.locator('table.isolates tr[data-pin="1"] .nm').allTextContents()).includes('thumb-1'));
    await until('its band', async () => (await page.locator('.bands [data-pin]:visible').count()) === 2);
    await until('both edges are painted', async () =>
        (await painted(page, '.hero canvas', 'pin-1')) > 20 && (await painted(page, '.hero canvas', 'pin-2')) > 20, 30);
    assert.deepEqual(await flaws(page), []);
    await page.reload();
    await until('a reload keeps them', async () => (await page.locator('.pins .pin').count()) === 2);
    await page.getByRole('button', { name: 'Unpin' }).first().click();
    await until('one is left', async () => (await here(page)).includes(`pin=${second.id}`) && !(await here(page)).includes(first.id));
    // the reload ends the stream, and pixels were read back
    assert.deepEqual(faults.filter((fault) => !/INCOMPLETE_CHUNKED|getImageData/.test(fault)), []);
    assert.deepEqual(await refused(), []);
});

test('a click on a sign shows the events around it; the budget and an alert have addresses', async (t) => {
    const s = await watched(t, 'tests/e2e/growing.js');
    const { id } = await s.find('thumb-3');
    const browser = await launch(t);
    const { page, faults } = await open(browser, `${s.url}/#/isolates/${id}`);
    const gc = await until('a collection', async () => (await s.events('gc')).filter((one) => one.isolate === id).at(-1));
    const lane = async (selector, t0) => {
        const over = await page.locator(`${selector} .u-over`).first().boundingBox();
        const csv = String(await saved(page, page.getByRole('button', { name: /^CSV of the (heap|budget)/ }).first()));
        assert.ok(csv.startsWith('time,'), t0);
        return over;
    };
    // every place of the lane is tried until one hits a collection: they come faster than pixels
    const over = await lane('.chartpanel', gc.t);
    await until('the events of a moment', async () => {
        for (let x = over.width - 4; x > 0; x -= 20) {
            await page.mouse.click(over.x + x, over.y + over.height + 36);
            if (/at=\d/.test(await here(page))) {
                return true;
            }
        }
        return false;
    }, 30);
    await until('a chip says which', async () => /around \d\d:\d\d:\d\d/.test(await page.locator('.toggle:visible').allTextContents().then((all) => all.join(' '))));
    await until('a collection is among them', async () => /Collected/.test(await page.locator('table.events').textContent()));
    await page.getByRole('button', { name: /around/ }).click();
    await until('all of them again', async () => !/at=/.test(await here(page)));

    await page.goto(`${s.url}/#/?budget=large`);
    await until('the budget of the address', async () => (await page.locator('.hero .remark').textContent()).startsWith('large'));
    await page.getByLabel('Budget', { exact: true }).selectOption('small');
    await until('the other in the address', async () => (await here(page)).includes('budget=small'));
    await until('its picture', async () => (await page.locator('.hero .remark').textContent()).startsWith('small'));
    const csv = String(await saved(page, page.getByRole('button', { name: 'CSV of the budget' })));
    const [heads, ...rows] = csv.trim().split('\r\n').map((row) => row.split(','));
    assert.deepEqual(heads.slice(0, 2), ['time', 'used']);
    assert.ok(heads.includes(id), heads.join());
    assert.ok(rows.length > 1 && Number(rows.at(-1)[1]) > 0);
    assert.equal((await saved(page, page.getByRole('button', { name: 'PNG of the budget' }))).subarray(1, 4).toString(), 'PNG');

    const alert = await until('an alert', async () => (await s.get('/api/v1/alerts?state=firing')).alerts.find((one) => one.rule === 'drift'), 60);
    await page.goto(`${s.url}/#/alerts/${encodeURIComponent(alert.id)}`);
    await until('it is the one that is shown', async () => (await page.locator('.card.is-named').getAttribute('data-alert')) === alert.id);
    await page.goto(`${s.url}/#/isolates/${id}`);
    for (const what of ['the heap', 'the jobs']) {
        const button = page.getByRole('button', { name: `Table of ${what}` });
        await button.click();
        await until('a table of the points', async () => (await page.locator('.plottable:visible tbody tr').count()) > 1);
        assert.deepEqual(await flaws(page), []);
        await button.click();
    }
    await page.goto(`${s.url}/#/isolates/${id}?range=1h`);
    await until('what lies before it', async () => (await page.locator('.chartpanel').first().textContent()).length > 0);
    assert.deepEqual(faults, []);
});
