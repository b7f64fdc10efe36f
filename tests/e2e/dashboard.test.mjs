// The dashboard as somebody sees it: real collector, real program, real browser. Its figures move,
// it names the worker that leaks, it says when it knows nothing, and it talks to nobody else.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { scene, sleep, until } from '../scenario/lib.mjs';
import { flaws, launch, open } from './browser.mjs';

const CONFIG = `budgets:
  - name: demo
    match: demo
    limit: 512MiB
`;
const LEAK_SECONDS = 120;

/** A collector with a budget of its own and a program that it watches. */
async function watched(t, script) {
    const s = await scene(t);
    const config = join(s.dir, 'isoscope.yaml');
    writeFileSync(config, CONFIG);
    s.restart = () => s.collector('--config', config);
    s.daemon = await s.restart();
    s.program = s.start('isorun', ['--collector', s.socket, '--name', 'demo', resolve(script)]);
    return s;
}

const rowOf = (page, name) =>
    page.locator('table.isolates tbody tr').filter({ has: page.locator('.nm', { hasText: name }) });
const texts = async (page, selector) => (await page.locator(selector).allTextContents()).join(' ');

test('figures move, the leak is named, nothing leaves the machine', async (t) => {
    const s = await watched(t, 'demo/main.js');
    const browser = await launch(t);
    const { page, faults, refused } = await open(browser, `${s.url}/`);

    await until(
        'a row for each isolate',
        async () => (await page.locator('table.isolates tbody tr').count()) >= 13,
        30,
    );
    assert.equal(await rowOf(page, 'thumb-3').count(), 1);
    await until(
        'the chip says live',
        async () => (await page.locator('.live[data-state=live]').count()) === 1,
    );

    const before = await texts(page, 'table.isolates td.c-bar');
    await until(
        'used figures change',
        async () => (await texts(page, 'table.isolates td.c-bar')) !== before,
    );
    const clock = await page.locator('.live .age').textContent();
    await until(
        'the clock goes on',
        async () => (await page.locator('.live .age').textContent()) !== clock,
    );
    await until('the budget has its numbers', async () =>
        /^\d+%$/.test((await texts(page, '.stats .v')).split(' ')[0]),
    );
    await until('the picture is painted', () =>
        page.evaluate(() => {
            const canvas = document.querySelector('.plot canvas');
            const data =
                canvas?.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data ?? [];
            return new Set(new Uint32Array(data.buffer ?? 0)).size > 20;
        }),
    );
    await until(
        "the workers' start among the events",
        async () => /Started/.test(await texts(page, 'table.events')),
        30,
    );
    await until(
        'the shared store, once',
        async () => {
            const lines = await page.locator('table.stores tbody tr').allTextContents();
            return (
                lines.filter(
                    (line) =>
                        /index-1/.test(line) && /index-2/.test(line) && /80\.0\s*MiB/.test(line),
                ).length === 1
            );
        },
        30,
    );

    const card = page.locator('.card[data-rule=drift][data-state=firing]');
    await until('the drift alert', async () => (await card.count()) > 0, LEAK_SECONDS);
    assert.match(await card.first().textContent(), /thumb-3/);
    await until('its row says rising', async () =>
        /rising/.test(await rowOf(page, 'thumb-3').locator('.st').textContent()),
    );
    await until('the verdict names it', async () => /thumb-3/.test(await texts(page, '.verdict')));

    await until(
        'the leak is worth a picture',
        async () => {
            const leak = (await s.frame()).isolates.find((isolate) => isolate.name === 'thumb-3');
            return leak.heap.total > 150 * 1024 * 1024;
        },
        LEAK_SECONDS,
    );
    assert.deepEqual(await flaws(page), []);

    const phone = await open(browser, `${s.url}/`, {
        viewport: { width: 390, height: 844 },
        deviceScaleFactor: 2,
        hasTouch: true,
        isMobile: true,
    });
    await until(
        'rows on the phone',
        async () => (await phone.page.locator('table.isolates tbody tr').count()) >= 13,
        30,
    );
    await until(
        'the alert on the phone',
        async () => (await phone.page.locator('.card').count()) > 0,
    );
    await until('the past on the phone', async () =>
        /Started/.test(await texts(phone.page, 'table.events')),
    );
    await sleep(2); // the past of every row comes one after another
    assert.equal(await phone.page.evaluate(() => document.documentElement.scrollWidth), 390);
    assert.deepEqual(await flaws(phone.page), []);

    assert.deepEqual([...faults, ...phone.faults], []);
    assert.deepEqual([...(await refused()), ...(await phone.refused())], []);
});

test('ranges beyond an hour are asked of the collector, over a restart as well', async (t) => {
    const s = await watched(t, 'tests/scenario/programs/steady.js');
    const used = async () =>
        (await s.get('/api/v1/budgets/demo/history?from=-600&px=600')).used.filter((v) => v !== null);
    await until('some past', async () => (await used()).length > 2);
    await s.daemon.kill('SIGTERM');
    await s.restart();
    const browser = await launch(t);
    const { page, faults } = await open(browser, `${s.url}/`);
    await until(
        'the chip says live',
        async () => (await page.locator('.live[data-state=live]').count()) === 1,
    );
    for (const [name, seconds] of [
        ['6h', 21600],
        ['30d', 2592000],
    ]) {
        const asked = page.waitForResponse((response) => {
            const url = new URL(response.url());
            const from = Number(url.searchParams.get('from'));
            const to = Number(url.searchParams.get('to'));
            return url.pathname.endsWith('/budgets/demo/history') && Math.abs(to - from - seconds) < 60;
        });
        await page.locator(`[data-range="${name}"]`).click();
        assert.equal((await asked).status(), 200);
        await until(`${name} is pressed`, async () =>
            (await page.locator('[data-range][aria-pressed=true]').textContent()) === name,
        );
        await page.locator('.hero button', { hasText: 'Table' }).click();
        await until('the past is in the picture', async () =>
            /[KM]iB/.test(await texts(page, '.plottable tbody tr')),
        );
        assert.deepEqual(await flaws(page), [], `${name} as a table`);
        await page.locator('.hero button', { hasText: 'Table' }).click();
    }
    await page.keyboard.press('+');
    await until('it stands still', async () => (await page.locator('.live[data-state=paused]').count()) === 1);
    assert.deepEqual(await flaws(page), [], 'zoomed');
    assert.deepEqual(faults, []);
});

test('the theme button holds over a reload', async (t) => {
    const s = await watched(t, 'tests/e2e/names.js');
    const browser = await launch(t);
    const { page } = await open(browser, `${s.url}/`, { colorScheme: 'light' });
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    await until('light first', async () => (await theme()) === 'light');
    await page.getByRole('button', { name: 'Light or dark' }).click();
    assert.equal(await theme(), 'dark');
    await page.reload();
    await until('dark still', async () => (await theme()) === 'dark');
});

test('hostile names stay text', async (t) => {
    const s = await watched(t, 'tests/e2e/names.js');
    const browser = await launch(t);
    const { page, faults, refused } = await open(browser, `${s.url}/`);
    await until(
        'four rows',
        async () => (await page.locator('table.isolates tbody tr').count()) >= 4,
        30,
    );
    await until('markup as text', async () =>
        (await texts(page, '.nm')).includes('<img src=x onerror=alert(1)>'),
    );
    const names = await texts(page, '.nm');
    assert.ok(names.includes('left<U+202E>tfel<U+0007>'), names);
    assert.equal(await page.locator('img').count(), 0);
    const longest = Math.max(
        ...(await page.locator('.nm').allTextContents()).map((name) => name.length),
    );
    assert.ok(longest <= 40, `a name of ${longest} signs`);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 1440);
    assert.deepEqual(faults, []);
    assert.deepEqual(await refused(), []);
});

test('a lost collector is said, and its return', async (t) => {
    const s = await watched(t, 'tests/e2e/names.js');
    const browser = await launch(t);
    const { page } = await open(browser, `${s.url}/`);
    await until(
        'rows',
        async () => (await page.locator('table.isolates tbody tr').count()) >= 4,
        30,
    );
    await s.daemon.kill();
    await until('the banner', async () =>
        /Connection lost/.test(await texts(page, '.banner:not([hidden])')),
    );
    await until(
        'state unknown',
        async () => (await page.locator('.chip').textContent()) === 'Unknown',
    );
    assert.deepEqual(await flaws(page), []);
    await s.restart();
    await until(
        'live again',
        async () => (await page.locator('.live[data-state=live]').count()) === 1,
        30,
    );
    assert.deepEqual(await flaws(page), [], 'back again');
    await until(
        'its rows again',
        async () => (await page.locator('table.isolates tbody tr').count()) >= 4,
        30,
    );
});

test('nothing reports: the page says what to run', async (t) => {
    const s = await scene(t);
    await s.collector();
    const browser = await launch(t);
    const { page, faults } = await open(browser, `${s.url}/`);
    await until('the commands', async () =>
        /isorun app\.js/.test(await texts(page, '.empty:not([hidden])')),
    );
    assert.deepEqual(await flaws(page), []);
    assert.deepEqual(faults, []);
});

/** Runs in the page: every cross that is stroked, as the slanted lines it is made of. */
function watchCrosses() {
    const { moveTo, lineTo, stroke, beginPath } = CanvasRenderingContext2D.prototype;
    window.crosses = 0;
    let path = [];
    Object.assign(CanvasRenderingContext2D.prototype, {
        beginPath() { path = []; return beginPath.call(this); },
        moveTo(...at) { path.push(at); return moveTo.apply(this, at); },
        lineTo(...at) { path.push(at); return lineTo.apply(this, at); },
        stroke(...rest) {
            const [[x0, y0], [x1, y1]] = path.length === 2 ? path : [[0, 0], [0, 0]];
            const isSlanted = x0 !== x1 && Math.abs(Math.abs(x1 - x0) - Math.abs(y1 - y0)) < 1e-6;
            window.crosses += isSlanted && Math.abs(x1 - x0) <= 8 * devicePixelRatio;
            return stroke.apply(this, rest);
        },
    });
}

test('where an isolate ended its band ends with a cross', async (t) => {
    const s = await watched(t, 'tests/e2e/ending.js');
    const browser = await launch(t);
    const { page, faults } = await open(browser, `${s.url}/#/?range=1m`, { before: [watchCrosses] });
    const short = async () => (await s.frame()).isolates.find((one) => one.name === 'short-1');
    await until('its heap is worth a band', async () => (await short())?.heap.total > 8 << 20, 30);
    await until('it has ended', async () => (await short()).ended_at > 0, 60);
    await until('a cross', () => page.evaluate(() => window.crosses > 0), 30);
    assert.deepEqual(faults, []);
});
