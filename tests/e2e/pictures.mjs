// Pictures of every view at three widths in both themes, of real programs with real trouble: one
// leaks, one clones too much, a pool is recycled. Written to build/screenshots for people to look at;
// what a machine can tell of them is asserted: nothing sticks out sideways, axe finds nothing.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { scene, sleep, until } from '../scenario/lib.mjs';
import { launch, open, picture, violations } from './browser.mjs';

const CONFIG = `http: {allow_actions: true}
budgets:
- {name: shop, match: 'shop*', limit: 768MiB}
drift: {recycle: auto}
recycle: {stagger: 2s, max_per_minute: 60}
rules: [{kind: clone_tax, threshold: 0.01}]
`;
const WIDTHS = [1280, 768, 390];
const VIEWS = [
    ['overview', '#/', '.flowpanel tbody tr'],
    ['isolates', '#/isolates', '.lines [role=row]'],
    ['isolate', '#/isolates/LEAK', '.verdict h1'],
    ['flows', '#/flows', '.flowsview table.flows tbody tr'],
    ['flows-matrix', '#/flows?show=matrix&by=isolate', '.matrix td a'],
    ['stores', '#/stores', '.allstores tbody tr'],
    ['alerts', '#/alerts', '.alertsview .card'],
    ['processes', '#/processes', '.processes tbody tr'],
];

test('pictures of every view', async (t) => {
    const s = await scene(t);
    const file = join(s.dir, 'isoscope.yaml');
    writeFileSync(file, CONFIG);
    await s.collector('--config', file);
    for (const [name, script] of [['shop-api', 'demo/main.js'], ['shop-pool', 'tests/scenario/programs/recycling.js']]) {
        s.start('isorun', ['--collector', s.socket, '--name', name, resolve(script)]);
    }
    await until('something was recycled', async () => (await s.get('/api/v1/recycles')).recycles.length > 1, 120);
    const leak = await until('the leak is large', async () => (await s.frame()).isolates.find((one) =>
        one.name === 'thumb-3' && one.heap.total > 150 << 20), 120);
    const browser = await launch(t);
    const wrong = [];
    for (const width of WIDTHS) {
        const isPhone = width < 500;
        const { page, faults } = await open(browser, `${s.url}/`, {
            viewport: { width, height: isPhone ? 844 : 800 }, isMobile: isPhone, hasTouch: isPhone,
        });
        for (const [name, address, sign] of VIEWS) {
            await page.goto(`${s.url}/${address.replace('LEAK', leak.id)}`);
            await until(`${name} at ${width}`, async () => (await page.locator(sign).count()) > 0, 30);
            await sleep(1); // the past of every row comes one after another
            for (const theme of ['light', 'dark']) {
                await page.emulateMedia({ colorScheme: theme });
                await until(theme, () => page.evaluate((one) => document.documentElement.dataset.theme === one, theme));
                await picture(page, `${name}-${width}-${theme}`);
                const sideways = await page.evaluate(() => document.documentElement.scrollWidth);
                if (sideways > width) {
                    wrong.push(`${name} at ${width}: ${sideways} wide`);
                }
                wrong.push(...(await violations(page)).map((one) => `${name} ${width} ${theme}: ${one}`));
            }
        }
        wrong.push(...faults);
        await page.context().close();
    }
    assert.deepEqual(wrong, []);
});
