// Whether an open page grows: the overview and the list of a program that comes and goes, TICKS ticks of the
// stream at RATE a second instead of one (3,600 are what an hour brings), the page's heap after a full
// collection each tenth of the way. All rings are full by then. One JSON line.
// usage: hour.mjs BINDIR [TICKS [RATE]]
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const [, , bin, TICKS = 3600, RATE = 10] = process.argv;
const SAMPLES = 10;
process.env.ISOSCOPE_BIN = bin;
const { scene, until } = await import('../tests/scenario/lib.mjs');
const { hasten, launch, open } = await import('../tests/e2e/browser.mjs');

async function watch(browser, s, view) {
    const { page, faults } = await open(browser, `${s.url}/#/${view}`, { before: [hasten, Number(RATE)] });
    const session = await page.context().newCDPSession(page);
    const heap = async () => {
        await page.evaluate(() => { window.shifts.length = 0; }); // what open() writes down is not the page's
        await session.send('HeapProfiler.collectGarbage');
        const { usedSize } = await session.send('Runtime.getHeapUsage');
        return Math.round(usedSize / 1000);
    };
    const nodes = () => page.evaluate(() => document.querySelectorAll('*').length);
    return { page, faults, heap, nodes, seen: [] };
}

const ends = [];
const t = { after: (end) => ends.push(end) };
try {
    const s = await scene(t);
    const config = join(s.dir, 'isoscope.yaml');
    writeFileSync(config, `tick: {interval: ${Math.min(250, 1000 / RATE)}ms, retain_exited: 10s}\n`);
    await s.collector('--config', config);
    s.start('isorun', ['--collector', s.socket, '--name', 'demo', resolve('demo/main.js')]);
    await until('all isolates', async () => (await s.frame()).isolates.length >= 13, 30);
    const browser = await launch(t);
    const views = { overview: await watch(browser, s, ''), isolates: await watch(browser, s, 'isolates') };
    const begin = Date.now();
    for (let sample = 1; sample <= SAMPLES; sample++) {
        for (const view of Object.values(views)) {
            await until('the next ticks', () => view.page.evaluate((wanted) => window.ticks >= wanted, (sample * TICKS) / SAMPLES), 3600);
            view.seen.push(await view.heap());
        }
    }
    for (const [name, view] of Object.entries(views)) {
        console.log(JSON.stringify({
            bench: 'hour', view: name, ticks: Number(TICKS), seconds: Math.round((Date.now() - begin) / 1000),
            heap_kb: view.seen, grown_kb: view.seen.at(-1) - view.seen[1], nodes: await view.nodes(), faults: view.faults.length,
        }));
    }
} finally {
    for (const end of ends.reverse()) {
        await end();
    }
}
