// What the dashboard costs with many isolates: frames while the long table is scrolled, the page's
// thread over live seconds, all processes of the browser, the page's heap. Emitters are processes
// that tell of each of their isolates by lines once a second. One JSON line.
// usage: page.mjs BINDIR [ISOLATES [SECONDS [VIEW]]]    VIEW: isolates, or another one by its address
// With FRAME_MOST=17 it fails when the 95th percentile of the frames is longer.
import { fork } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { fileURLToPath } from 'node:url';

const EACH = 2000;
const LIMIT = 256 << 20;

const quantile = (list, share) => list.sort((a, b) => a - b)[Math.floor(list.length * share)];
const rounded = (value) => Math.round(value * 10) / 10;

function emit(socket, first, many) {
    const connection = createConnection(socket);
    const say = (line) => connection.write(`${JSON.stringify(line)}\n`);
    connection.on('error', () => process.exit());
    connection.on('close', () => process.exit());
    connection.resume();
    say({ type: 'hello', version: 1, pid: process.pid, name: `fleet-${first}`, kind: 'v8' });
    let turn = 0;
    setInterval(() => {
        for (let i = turn++ % 4; i < many; i += 4) {
            const base = (20 + ((first + i) * 7) % 90) << 20;
            const used = base + ((turn * 977 + i * 131) % (8 << 20));
            say({ type: 'heap', thread: i + 1, name: `${['edge', 'ssr', 'cron'][i % 3]}-${first + i}`,
                used, total: used + (1 << 20), limit: LIMIT, external: i % 50 ? 0 : 1 << 20 });
        }
    }, 250);
}

if (process.argv[2] === '--emit') {
    emit(process.argv[3], Number(process.argv[4]), Number(process.argv[5]));
} else {
    await measure(process.argv[2], Number(process.argv[3] ?? 10000), Number(process.argv[4] ?? 10), process.argv[5] ?? 'isolates');
}

/** In the page: how far apart 240 frames are while the table is scrolled by `step` each. */
async function frames(step) {
    const grid = document.querySelector('.grid');
    const deltas = [];
    let before = await new Promise(requestAnimationFrame);
    for (let i = 0; i < 240; i++) {
        grid.scrollTop += step;
        const now = await new Promise(requestAnimationFrame);
        deltas.push(now - before);
        before = now;
    }
    return deltas;
}

function processes() {
    const stats = new Map();
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        try {
            const rest = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop().split(' ');
            stats.set(Number(pid), { parent: Number(rest[1]), ticks: Number(rest[11]) + Number(rest[12]) });
        } catch {
            // it has ended meanwhile
        }
    }
    return stats;
}

function childrenOf(root) {
    return new Set([...processes()].filter(([, one]) => one.parent === root).map(([pid]) => pid));
}

/** Seconds of processor of a process and all it has started. */
function cpuOf(root) {
    const stats = processes();
    let ticks = 0;
    for (const [pid, one] of stats) {
        for (let at = pid; at > 1; at = stats.get(at)?.parent ?? 0) {
            if (at === root) {
                ticks += one.ticks;
                break;
            }
        }
    }
    return ticks / 100;
}


/** Processor seconds of everything on the machine. */
function cpuOfAll() {
    const [user, nice, system, , , irq, soft] = readFileSync('/proc/stat', 'utf8').split('\n')[0].split(/\s+/).slice(1).map(Number);
    return (user + nice + system + irq + soft) / 100;
}

/** How the long table is scrolled; nothing where the view has none. */
async function scrolling(page, busy) {
    const still = await page.evaluate(frames, 0); // what the machine gives to a page that rests
    const idle = await busy();
    const scrolled = await page.evaluate(frames, 97);
    const work = (1000 * ((await busy()) - idle)) / scrolled.length;
    return {
        frame_p50_ms: rounded(quantile(scrolled, 0.5)), frame_p95_ms: rounded(quantile(scrolled, 0.95)),
        still_p95_ms: rounded(quantile(still, 0.95)), work_ms_per_frame: rounded(work),
    };
}

async function measure(bin, isolates, seconds, view) {
    process.env.ISOSCOPE_BIN = bin;
    const { scene, until, sleep } = await import('../tests/scenario/lib.mjs');
    const { launch, open } = await import('../tests/e2e/browser.mjs');
    const ends = [];
    const t = { after: (end) => ends.push(end) };
    try {
        const s = await scene(t);
        const daemon = await s.collector();
        for (let first = 0; first < isolates; first += EACH) {
            const child = fork(fileURLToPath(import.meta.url),
                ['--emit', s.socket, String(first), String(Math.min(EACH, isolates - first))]);
            t.after(() => child.kill());
        }
        await until('all isolates', async () => (await s.frame()).isolates.length >= isolates, 120);
        const others = childrenOf(process.pid);
        const browser = await launch(t);
        const roots = [...childrenOf(process.pid)].filter((pid) => !others.has(pid));
        const browserCpu = () => roots.reduce((sum, pid) => sum + cpuOf(pid), 0);
        const isTable = view === 'isolates';
        const { page, faults } = await open(browser, `${s.url}/#/${isTable ? view : view.replace('overview', '')}`);
        await until('its rows', () => page.evaluate(([many, table]) => (table
            ? Number(document.querySelector('.grid')?.getAttribute('aria-rowcount')) > many
            : window.ticks > 2), [isolates, isTable]), 60);
        await sleep(3);
        const session = await page.context().newCDPSession(page);
        await session.send('Performance.enable');
        const busy = async () => (await session.send('Performance.getMetrics')).metrics
            .find((one) => one.name === 'TaskDuration').value;
        const table = isTable ? await scrolling(page, busy) : {};
        const before = { page: await busy(), all: browserCpu(), daemon: cpuOf(daemon.pid), machine: cpuOfAll(), at: Date.now() };
        await sleep(seconds);
        const passed = (Date.now() - before.at) / 1000;
        const ofBrowser = browserCpu() - before.all;
        const ofPage = (await busy()) - before.page;
        const daemonCpu = cpuOf(daemon.pid) - before.daemon;
        const machine = (100 * (cpuOfAll() - before.machine)) / passed;
        await session.send('HeapProfiler.collectGarbage');
        const heap = await page.evaluate(() => performance.memory.usedJSHeapSize);
        if (table.frame_p95_ms > Number(process.env.FRAME_MOST || Infinity)) {
            process.exitCode = 1;
        }
        console.log(JSON.stringify({
            bench: 'page', isolates, view, ...table, page_thread_ms_per_s: rounded((1000 * ofPage) / passed),
            browser_percent_of_core: rounded((100 * ofBrowser) / passed),
            daemon_percent_of_core: rounded((100 * daemonCpu) / passed),
            machine_percent_of_core: rounded(machine), page_heap_mb: rounded(heap / 1e6), faults: faults.length,
        }));
    } finally {
        for (const end of ends.reverse()) {
            await end();
        }
    }
}
