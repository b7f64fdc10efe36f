// What somebody looks at stays where it is: nothing shifts while figures change, and next to nothing when a
// state changes and a card comes with it, which is shown whole; a text selection survives, nothing is said on
// the console and nothing is refused. TICKS of them, four a second; `make check-still` makes ten minutes of it, a
// tick a second.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { scene, until } from '../scenario/lib.mjs';
import { hasten, launch, open } from './browser.mjs';

const TICKS = Number(process.env.TICKS || 60);
const RATE = TICKS > 60 ? 1 : 4;
const ACTS = 'http: {allow_actions: true}\n';
const BUDGET = 'budgets: [{name: demo, match: demo, limit: 512MiB}]\n';
/** Where, what says that it is there, and a text that changes or moves with the ticks. */
const VIEWS = [
    ['#/', '.flowpanel tbody tr', 'table.isolates .c-bar .q'],
    ['#/isolates', '.lines [role=row]', '.lines .c-bar .q'],
    ['#/isolates/ISOLATE', '.verdict h1', '.ends .q'],
    ['#/flows', '.flowsview table.flows tbody tr', '.flowsview table.flows tbody .q'],
    ['#/stores', '.allstores tbody tr', '.allstores tbody .q'],
    ['#/alerts', '.alertsview', 'main h2'],
    ['#/processes', '.processes tbody tr', '.processes tbody .q'],
];
const ticks = (page) => page.evaluate(() => window.ticks);
const selected = (page) => page.evaluate(() => String(getSelection()));

/** Its views, each in a page of its own, once a few ticks have come. */
async function watched(t, views, script, name, text) {
    const s = await scene(t);
    const config = join(s.dir, 'isoscope.yaml');
    writeFileSync(config, text);
    await s.collector('--config', config);
    s.start('isorun', ['--collector', s.socket, '--name', 'demo', resolve(script)]);
    const isolate = await until('its workers', async () => (await s.frame()).isolates.find((one) => one.name === name), 30);
    const browser = await launch(t);
    const pages = [];
    for (const [address, sign, words] of views) {
        const one = await open(browser, `${s.url}/${address.replace('ISOLATE', isolate.id)}`, { before: [hasten, RATE] });
        await until(`${address} is there`, async () => (await one.page.locator(sign).count()) > 0, 30);
        await until('its first ticks', async () => (await ticks(one.page)) > 8, 30); // lists have answered
        await until('it is filled', async () => (await one.page.locator('.is-filling:visible').count()) === 0, 30);
        const begun = await one.page.evaluate(() => performance.now());
        pages.push({ ...one, address, words, begun, from: await ticks(one.page) });
    }
    return pages;
}

const pass = async (pages, count) => {
    for (const one of pages) {
        await until(`${count} ticks on ${one.address}`, async () => (await ticks(one.page)) >= one.from + count, 3 * count + 60);
    }
};

/** What moved since the page was there, as CLS counts it: one line each, and their sum. */
async function movedOf({ page, address, begun }) {
    const all = await page.evaluate((start) => window.shifts.filter(({ at }) => at > start), begun);
    return { sum: all.reduce((sum, { value }) => sum + value, 0), lines: all.map(({ text }) => `${address} moved ${text}`) };
}

const faultsOf = async ({ address, faults, refused }) =>
    [...faults, ...(await refused())].map((fault) => `${address}: ${fault}`);

for (const [what, most, script, name, config] of [
    ['nothing moves over TICKS ticks of a program that goes on as it does', 0, 'tests/e2e/steady.js', 'even-1', ACTS],
    ['next to nothing moves over TICKS ticks in which a worker begins to rise', 0.02, 'demo/main.js', 'thumb-3', ACTS + BUDGET],
]) {
    test(what.replace('TICKS', TICKS), async (t) => {
        const pages = await watched(t, VIEWS, script, name, config);
        await pass(pages, TICKS);
        const wrong = [];
        for (const one of pages) {
            const { sum, lines } = await movedOf(one);
            console.log(JSON.stringify({ still: one.address.slice(1), ticks: TICKS, shift: Number(sum.toFixed(5)), times: lines.length }));
            wrong.push(...(sum > most ? lines : []), ...(await faultsOf(one)));
        }
        assert.deepEqual(wrong, []);
    });
}

test('what is selected stays selected over 60 ticks, and what waited comes after', async (t) => {
    const pages = await watched(t, VIEWS, 'demo/main.js', 'thumb-3', ACTS + BUDGET);
    for (const one of pages) {
        one.selected = await one.page.evaluate((selector) => {
            const range = document.createRange();
            range.selectNodeContents([...document.querySelectorAll(selector)].find((element) => element.innerText.trim()));
            getSelection().removeAllRanges();
            getSelection().addRange(range);
            return String(getSelection());
        }, one.words);
        one.from = await ticks(one.page);
        assert.notEqual(one.selected, '', one.address);
        await until('the chip says so', async () => (await one.page.locator('.live').getAttribute('data-state')) === 'paused');
    }
    await pass(pages, 60);
    for (const { page, address, selected: before, faults } of pages) {
        assert.equal(await selected(page), before, address);
        await page.evaluate(() => getSelection().removeAllRanges());
        await until('live again', async () => (await page.locator('.live').getAttribute('data-state')) === 'live');
        assert.deepEqual(faults, []);
    }
    const [overview] = pages;
    const figures = async () => (await overview.page.locator('table.isolates .c-bar').allTextContents()).join();
    const held = await figures();
    await until('figures move again', async () => (await figures()) !== held);
});
