// The ways through the page: addresses, links, Back, keys, tabs on a phone, a link to what is shown.
import assert from 'node:assert/strict';
import test from 'node:test';
import { scene, until } from '../scenario/lib.mjs';
import { flaws, launch, open } from './browser.mjs';

const here = (page) => page.evaluate(() => location.hash);
const current = (page) => page.locator('.places [aria-current=page]').textContent();
const said = (page, what, hash) => until(what, async () => (await here(page)) === hash);

test('addresses, keys and Back lead through the views', async (t) => {
    const s = await scene(t);
    await s.collector();
    s.run('steady.js');
    const browser = await launch(t);
    const { page, faults, refused } = await open(browser, `${s.url}/#/?range=15m`);
    await until('rows', async () => (await page.locator('table.isolates tbody tr').count()) > 0);
    assert.equal(await current(page), 'Overview');
    assert.equal(await page.locator('[data-range][aria-pressed=true]').textContent(), '15m');

    await page.keyboard.press(']');
    await said(page, 'a longer range', '#/?range=1h');
    await page.keyboard.press('+');
    await until('a zoom in the address', async () => /from=\d.*to=\d/.test(await here(page)));
    await page.keyboard.press('Escape');
    await said(page, 'the zoom undone', '#/?range=1h');
    await page.goBack();
    await page.goBack();
    await said(page, 'Back to the zoomed one and before', '#/?range=1h');
    await page.goBack();
    await said(page, 'Back to the range before', '#/?range=15m');

    await page.keyboard.press('?');
    await page.locator('dialog.keys[open]').waitFor();
    assert.deepEqual(await flaws(page), []);
    await page.getByLabel('Keys work without a modifier').uncheck();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.keyboard.press('[');
    assert.equal(await here(page), '#/?range=15m');
    await page.keyboard.press('?');
    await page.getByLabel('Keys work without a modifier').check();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.keyboard.press('[');
    await said(page, 'keys again', '#/?range=5m');

    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy link' }).click();
    await until('it says so', async () => (await page.locator('.copied').textContent()) === 'Copied');
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const query = new URLSearchParams(link.split('?')[1]);
    assert.ok(Math.abs(query.get('to') - query.get('from') - 300) < 1, link);
    const copy = await open(browser, link);
    await until('the copy stands still', async () =>
        (await copy.page.locator('.live[data-state=paused]').count()) === 1);

    assert.deepEqual([...faults, ...copy.faults], []);
    assert.deepEqual(await refused(), []);
});

test('the picture stands while it is held or text is selected, and a zoom asks for finer points', async (t) => {
    const s = await scene(t);
    await s.collector();
    s.run('steady.js');
    await until('a past', async () => {
        const [{ name }] = (await s.get('/api/v1/budgets')).budgets;
        const past = await s.get(`/api/v1/budgets/${encodeURIComponent(name)}/history?from=-60&px=60`);
        return past.used.filter((one) => one !== null).length > 12;
    }, 30);
    const browser = await launch(t);
    const { page, faults } = await open(browser, `${s.url}/`);
    await until('rows', async () => (await page.locator('table.isolates tbody tr').count()) > 0);
    const state = (is) => until(is, async () => (await page.locator(`.live[data-state=${is}]`).count()) === 1);
    await state('live');
    const over = await page.locator('.hero .u-over').boundingBox();
    await page.mouse.move(over.x + over.width * 0.2, over.y + 60);
    await page.mouse.down();
    await state('paused');
    await page.mouse.up();
    await state('live');
    await page.evaluate(() => getSelection().selectAllChildren(document.querySelector('.verdict h1')));
    await state('paused');
    await page.evaluate(() => getSelection().removeAllRanges());
    await state('live');

    const asked = page.waitForRequest((request) => {
        const url = new URL(request.url());
        const span = Number(url.searchParams.get('to')) - Number(url.searchParams.get('from'));
        return url.pathname.endsWith('/history') && url.pathname.includes('/budgets/') && span < 30;
    });
    const { t: now } = await s.frame();
    await page.evaluate(([from, to]) => { location.hash = `#/?from=${from}&to=${to}`; }, [(now - 12).toFixed(1), (now - 6).toFixed(1)]);
    await asked;
    await page.keyboard.press('Escape');
    await state('live');
    await page.keyboard.press('j');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'open');
    await page.keyboard.press('p');
    await until('the row is pinned', async () => (await page.locator('.pins .pin').count()) === 1);
    await page.keyboard.press('/');
    await until('the field of the long table has the focus', () => page.evaluate(() => document.activeElement.type === 'search'));
    assert.deepEqual(faults, []);
});

test('a phone has tabs, and the rest behind More', async (t) => {
    const s = await scene(t);
    await s.collector();
    s.run('steady.js');
    const browser = await launch(t);
    const { page, faults } = await open(browser, `${s.url}/`, {
        viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await until('rows', async () => (await page.locator('table.isolates tbody tr').count()) > 0);
    const row = page.locator('table.isolates tbody tr').first();
    const touch = await page.context().newCDPSession(page);
    await row.evaluate((node) => node.scrollIntoView({ block: 'center' }));
    const box = await row.boundingBox();
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: box.x + box.width - 40, y: box.y + 8 }] });
    await until('a long press pins', async () => (await page.locator('.pins .pin').count()) === 1);
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    assert.deepEqual(await flaws(page), []);
    await page.getByRole('button', { name: /^Unpin/ }).tap();
    await until('and a tap unpins', async () => (await page.locator('.pins .pin').count()) === 0);
    await page.getByRole('button', { name: 'More' }).tap();
    await page.locator('.sheet select').selectOption('6h');
    await said(page, 'the range', '#/?range=6h');
    assert.deepEqual(await flaws(page), []);
    for (const tab of await page.locator('.tabs > *:visible').all()) {
        const box = await tab.boundingBox();
        assert.ok(box.height >= 44 && box.width >= 44, await tab.textContent());
    }
    assert.deepEqual(faults, []);
});
