// Lighthouse on every view of the real collector with the demonstration behind it. What it measures
// depends on what else the machine does, so a view that is below is looked at again, RUNS times in all;
// accessibility and best practices do not scatter and have to hold each time.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { scene, until } from '../scenario/lib.mjs';

const require = createRequire(resolve('build/npm/lighthouse/package.json'));
const { default: lighthouse, desktopConfig } = await import(require.resolve('lighthouse'));
const { launch } = await import(require.resolve('chrome-launcher'));

const LEAST = 95;
const RUNS = Number(process.env.RUNS || 3);
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
const CONFIG = 'http: {allow_actions: true}\nbudgets: [{name: demo, match: demo, limit: 512MiB}]\n';
const VIEWS = [
    ['overview', '#/', 'desktop'],
    ['overview', '#/', 'mobile'],
    ['isolates', '#/isolates', 'desktop'],
    ['isolate', '#/isolates/ISOLATE', 'desktop'],
    ['flows', '#/flows', 'desktop'],
    ['stores', '#/stores', 'desktop'],
    ['alerts', '#/alerts', 'desktop'],
    ['processes', '#/processes', 'desktop'],
].filter(([name]) => !process.env.ONLY || name === process.env.ONLY);

/** What weighs in a category and is not whole: "id 0.62 (what it says)". */
function lacks(report, category) {
    return report.categories[category].auditRefs
        .filter(({ id, weight }) => weight > 0 && (report.audits[id].score ?? 1) < 1)
        .map(({ id }) => {
            const { score, title, displayValue, details } = report.audits[id];
            const first = (details?.items ?? []).slice(0, 3).map((item) =>
                item.node?.snippet ?? item.description ?? item.url ?? '').join(' | ').slice(0, 300);
            return `${id} ${score} (${displayValue ?? title}) ${first}`;
        });
}

async function judge(url, form, port) {
    const flags = { port, output: 'json', logLevel: 'error', onlyCategories: CATEGORIES, maxWaitForLoad: 20000 };
    const { lhr } = await lighthouse(url, flags, form === 'desktop' ? desktopConfig : undefined);
    assert.equal(lhr.runtimeError, undefined, JSON.stringify(lhr.runtimeError));
    return lhr;
}

/** The view until it passes, at most RUNS times; the lines of what is wrong with the last. */
async function judged(url, [name, , form], port) {
    for (let run = 1; ; run++) {
        const report = await judge(url, form, port);
        const scores = CATEGORIES.map((category) => Math.round(100 * report.categories[category].score));
        const [performance, accessibility, practices] = scores;
        const { audits } = report;
        console.log(JSON.stringify({
            lighthouse: name, form, run, performance, accessibility, best_practices: practices,
            first_paint_ms: Math.round(audits['first-contentful-paint'].numericValue),
            largest_paint_ms: Math.round(audits['largest-contentful-paint'].numericValue),
            blocking_ms: Math.round(audits['total-blocking-time'].numericValue),
            shift: Number(audits['cumulative-layout-shift'].numericValue.toFixed(4)),
            bytes: audits['total-byte-weight'].numericValue, machine: Math.round(report.environment.benchmarkIndex),
        }));
        const wrong = CATEGORIES.filter((_, at) => scores[at] < LEAST).flatMap((category) =>
            lacks(report, category).map((one) => `${name} ${form} ${category}: ${one}`));
        if (wrong.length === 0 || accessibility < LEAST || practices < LEAST || run >= RUNS) {
            return wrong;
        }
    }
}

test('lighthouse', async (t) => {
    const s = await scene(t);
    const config = join(s.dir, 'isoscope.yaml');
    writeFileSync(config, CONFIG);
    await s.collector('--config', config);
    s.start('isorun', ['--collector', s.socket, '--name', 'demo', resolve('demo/main.js')]);
    const isolate = await until('who leaks', async () => // the page does not change its mind while it is judged
        (await s.frame()).isolates.find((one) => one.name === 'thumb-3' && one.drift.state === 'rising'), 120);
    const chrome = await launch({
        chromePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    t.after(() => chrome.kill());
    const wrong = [];
    for (const view of VIEWS) {
        wrong.push(...(await judged(`${s.url}/${view[1].replace('ISOLATE', isolate.id)}`, view, chrome.port)));
    }
    assert.deepEqual(wrong, []);
});
