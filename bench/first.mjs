// From the address to the first picture: bytes over the wire and milliseconds until the sentence, the
// rows and the budget's picture stand, each visit with an empty cache. The demonstration runs
// behind it. Medians; one JSON line.
// usage: first.mjs BINDIR [VISITS]
import { resolve } from 'node:path';

const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];

/** Runs in the page before its own script: when what somebody reads has been drawn. */
function watchFirst() {
    window.first = {};
    const look = () => {
        const { first } = window;
        if (document.querySelector('.verdict .chip') && !/Unknown/.test(document.querySelector('.verdict .chip').textContent)) {
            first.sentence ??= performance.now();
        }
        if (document.querySelector('table.isolates tbody tr')) {
            first.rows ??= performance.now();
        }
        if (document.querySelector('.hero .plot canvas')) {
            requestAnimationFrame((at) => { first.picture ??= at; });
        }
        if (!first.picture) {
            requestAnimationFrame(look);
        }
    };
    requestAnimationFrame(look);
}

async function visit(browser, url) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.addInitScript(watchFirst);
    await page.goto(url);
    await page.waitForFunction(() => window.first.picture && performance.getEntriesByName('first-contentful-paint').length);
    const seen = await page.evaluate(() => ({
        ...window.first, paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,
        answered: performance.getEntriesByType('navigation')[0].responseStart,
        files: [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
            .filter((one) => one.transferSize > 0 && !one.name.includes('/api/'))
            .map((one) => [new URL(one.name).pathname.replace(/^\/$/, '/index.html').slice(1), one.encodedBodySize]),
    }));
    await context.close();
    return seen;
}

process.env.ISOSCOPE_BIN = process.argv[2];
const { scene, until } = await import('../tests/scenario/lib.mjs');
const { launch } = await import('../tests/e2e/browser.mjs');
const ends = [];
const t = { after: (end) => ends.push(end) };
try {
    const s = await scene(t);
    await s.collector();
    s.start('isorun', ['--collector', s.socket, '--name', 'demo', resolve('demo/main.js')]);
    await until('all isolates', async () => (await s.frame()).isolates.length >= 13, 30);
    const browser = await launch(t);
    await visit(browser, `${s.url}/`); // the browser's own first page
    const seen = [];
    for (let i = 0; i < Number(process.argv[3] ?? 9); i++) {
        seen.push(await visit(browser, `${s.url}/`));
    }
    const middle = (name) => Math.round(median(seen.map((one) => one[name])));
    const files = Object.fromEntries(seen.at(-1).files);
    const all = Object.values(files).reduce((sum, bytes) => sum + bytes, 0);
    console.log(JSON.stringify({
        bench: 'first', visits: seen.length, bytes: all, before_picture_bytes: all - (files['inter.woff2'] ?? 0), files,
        answer_ms: middle('answered'), paint_ms: middle('paint'), sentence_ms: middle('sentence'),
        rows_ms: middle('rows'), picture_ms: middle('picture'),
    }));
} finally {
    for (const end of ends.reverse()) {
        await end();
    }
}
