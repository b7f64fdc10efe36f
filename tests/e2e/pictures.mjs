// Pictures of every view at three widths in both themes, of real programs with real trouble: one leaks,
// one clones too much, a pool is recycled, a fleet is too many to read. Written to build/screenshots for
// people to look at; what a machine can tell of them is asserted: nothing sticks out sideways, axe
// finds nothing, no text is faint. With DOCS=1 the pictures of README.md and docs/ are made as well.
import assert from 'node:assert/strict';
import { copyFileSync, cpSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { scene, sleep, until } from '../scenario/lib.mjs';
import { SCREENS, flaws, launch, open, picture } from './browser.mjs';

const SHOP = `http: {allow_actions: true}
budgets:
- {name: shop, match: 'shop*', limit: 768MiB}
drift: {recycle: auto}
recycle: {stagger: 2s, max_per_minute: 60}
rules: [{kind: clone_tax, threshold: 0.01}]
`;
const DEMO = 'http: {allow_actions: true}\nbudgets: [{name: demo, match: demo, limit: 512MiB}]\n';
const WIDTHS = [1280, 768, 390];
const THEMES = ['light', 'dark'];
const VIEWS = [
    ['overview', '#/', '.flowpanel tbody tr'],
    ['isolates', '#/isolates', '.lines [role=row]'],
    ['isolates-grouped', '#/isolates?group=pool', '.lines .c-group'],
    ['isolate', '#/isolates/LEAK', '.verdict h1'],
    ['flows', '#/flows', '.flowsview table.flows tbody tr'],
    ['flows-matrix', '#/flows?show=matrix&by=isolate', '.matrix td a'],
    ['stores', '#/stores', '.allstores tbody tr'],
    ['alerts', '#/alerts', '.alertsview .card'],
    ['processes', '#/processes', '.processes tbody tr'],
];
const FLEET = [
    ['fleet', '#/isolates', '.lines [role=row]'],
    ['fleet-overview', '#/', 'table.isolates tbody tr'],
    ['fleet-flows', '#/flows', '.flowsview table.flows tbody tr'],
];

async function configured(t, text, ...programs) {
    const s = await scene(t);
    const file = join(s.dir, 'isoscope.yaml');
    writeFileSync(file, text);
    await s.collector('--config', file);
    for (const [name, script] of programs) {
        s.start('isorun', ['--collector', s.socket, '--name', name, resolve(script)]);
    }
    return s;
}

const wear = async (page, theme) => {
    await page.emulateMedia({ colorScheme: theme });
    await until(theme, () => page.evaluate((one) => document.documentElement.dataset.theme === one, theme));
};

/** The living isolate of that name, once its heap is that large. */
const grown = (s, name, bytes) => until(`${name} is large`, async () =>
    (await s.frame()).isolates.find((one) => one.name === name && !one.ended_at && one.heap.total > bytes), 120);

/** Every view at every width in both themes; what is wrong with them, a line each. */
async function shoot(browser, s, views) {
    const wrong = [];
    for (const width of WIDTHS) {
        const isPhone = width < 500;
        const { page, faults, refused } = await open(browser, `${s.url}/`, {
            viewport: { width, height: isPhone ? 844 : 800 }, isMobile: isPhone, hasTouch: isPhone,
        });
        for (const [name, address, sign] of views) {
            await page.goto(`${s.url}/${address.includes('LEAK') ? address.replace('LEAK', (await grown(s, 'thumb-3', 40 << 20)).id) : address}`);
            await until(`${name} at ${width}`, () => page.locator(sign).first().isVisible(), 30);
            await sleep(1); // the past of every row comes one after another
            for (const theme of THEMES) {
                await wear(page, theme);
                await picture(page, `${name}-${width}-${theme}`);
                const sideways = await page.evaluate(() => document.documentElement.scrollWidth);
                if (sideways > width) {
                    wrong.push(`${name} at ${width}: ${sideways} wide`);
                }
            }
            wrong.push(...(await flaws(page)).map((one) => `${name} ${width} ${one}`));
        }
        wrong.push(...faults, ...(await refused()));
        await page.context().close();
    }
    return wrong;
}

test('pictures of every view', async (t) => {
    const s = await configured(t, SHOP, ['shop-api', 'demo/main.js'], ['shop-pool', 'tests/scenario/programs/recycling.js']);
    await until('something was recycled', async () => (await s.get('/api/v1/recycles')).recycles.length > 1, 120);
    await grown(s, 'thumb-3', 150 << 20);
    const browser = await launch(t);
    assert.deepEqual(await shoot(browser, s, VIEWS), []);
});

test('pictures of a fleet', async (t) => {
    const s = await configured(t, DEMO, ['demo', 'tests/e2e/fleet.js']);
    await until('one rises', async () => (await s.frame()).isolates.some((one) => one.drift.state === 'rising'), 120);
    const browser = await launch(t);
    assert.deepEqual(await shoot(browser, s, FLEET), []);
});

test('the picture of the README', { skip: process.env.DOCS !== '1' && 'DOCS=1 makes it' }, async (t) => {
    const s = await configured(t, DEMO);
    cpSync('demo', join(s.dir, 'demo'), { recursive: true }); // whoever looks at it need not know where this tree lies
    s.start('isorun', ['--collector', s.socket, '--name', 'demo', join(s.dir, 'demo/main.js')]);
    const browser = await launch(t);
    const { page, faults } = await open(browser, `${s.url}/#/?range=1m`, { viewport: { width: 1440, height: 900 } });
    await wear(page, 'light');
    await grown(s, 'thumb-3', 150 << 20);
    await until('flows and events', async () => (await page.locator('.flowpanel tbody tr').count()) > 0, 30);
    await picture(page, 'readme');
    copyFileSync(join(SCREENS, 'readme.png'), 'docs/overview.png');
    assert.deepEqual(faults, []);
});
