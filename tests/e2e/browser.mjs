// A page in Debian's Chromium that writes down everything it must not do: console messages,
// requests to other hosts, content it was refused.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { until } from '../scenario/lib.mjs';
import { contrasts, watchCanvases } from './contrast.mjs';

const require = createRequire(resolve('build/npm/e2e/package.json'));
const { chromium } = require('playwright-core');

const FLAGS = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
];
export const SCREENS = resolve('build/screenshots');

export async function launch(t) {
    const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        headless: true,
        args: FLAGS,
        timeout: 180e3,
    });
    t.after(() => browser.close());
    return browser;
}

/** Runs in the page before its own script: what was refused, how many ticks came, what moved. */
function watchPage() {
    window.refused = [];
    document.addEventListener('securitypolicyviolation', (event) => {
        window.refused.push(`${event.violatedDirective} ${event.blockedURI}`);
    });
    window.ticks = 0;
    window.EventSource = class extends EventSource {
        constructor(...args) {
            super(...args);
            this.addEventListener('tick', () => { window.ticks++; });
        }
    };
    const next = window.requestAnimationFrame.bind(window);
    const waiting = [];
    window.requestAnimationFrame = (draw) => next((at) => (window.isStill ? waiting.push(draw) : draw(at)));
    /** While the page is looked at it draws nothing. */
    window.stand = (isStill) => {
        window.isStill = isStill;
        waiting.splice(0).forEach((draw) => window.requestAnimationFrame(draw));
    };
    window.shifts = [];
    const nameOf = (node) => {
        const element = node instanceof Element ? node : node?.parentElement;
        return element ? `${element.tagName.toLowerCase()}.${element.className?.baseVal ?? element.className}` : 'gone';
    };
    new PerformanceObserver((list) => {
        for (const { value, sources, startTime } of list.getEntries()) {
            const moved = sources.map(({ node, previousRect: a, currentRect: b }) =>
                `${nameOf(node)} ${a.x},${a.y} ${a.width}×${a.height} → ${b.x},${b.y} ${b.width}×${b.height}`);
            const text = `${value.toFixed(5)} at ${Math.round(startTime)} ms, tick ${window.ticks}: ${moved.join('; ')}`;
            window.shifts.push({ value, at: startTime, text });
        }
    }).observe({ type: 'layout-shift', buffered: true });
}

/** For `before`: the stream at another pace, so that minutes take seconds. */
export function hasten(rate) {
    const Before = window.EventSource;
    window.EventSource = class extends Before {
        constructor(url) {
            super(`${url}${url.includes('?') ? '&' : '?'}every=${1 / rate}`);
        }
    };
}

/** `faults` collects what was wrong; a test asserts that it stays empty. `before`: a function that runs in
 * the page before its own script, and what it is given. */
export async function open(browser, url, { before, ...options } = {}) {
    const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        ...options,
    });
    context.setDefaultTimeout(180e3); // for a run that hangs
    const page = await context.newPage();
    const faults = [];
    const origin = new URL(url).origin;
    context.on('request', (request) => {
        const to = request.url();
        if (!to.startsWith(`${origin}/`) && !/^(data|blob):/.test(to)) {
            faults.push(`request to ${to}`);
        }
    });
    page.on('console', (message) => faults.push(`console ${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => faults.push(`error: ${error.stack}`));
    await page.addInitScript(watchPage);
    await page.addInitScript(watchCanvases);
    await page.addInitScript({ path: require.resolve('axe-core/axe.min.js') });
    if (before) {
        await page.addInitScript(...before);
    }
    await page.goto(url);
    return { page, faults, refused: () => page.evaluate(() => window.refused) };
}

/** What axe finds on the page as it stands: one line each. */
async function violations(page) {
    const found = await page.evaluate(async () => (await window.axe.run(document)).violations);
    return found.flatMap((rule) =>
        rule.nodes.map((node) => `${rule.id}: ${node.html} ${node.failureSummary}`),
    );
}

/** Blocks that keep their height take the one they need, as whenever somebody acts. */
export async function settle(page) {
    await page.evaluate(() => new Promise((done) => {
        dispatchEvent(new Event('resize'));
        requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)));
    }));
}

/** What is wrong with the page as it stands, in both themes: what axe finds, text that is too faint. */
export async function flaws(page) {
    const now = await page.evaluate(() => document.documentElement.dataset.theme);
    const wrong = [];
    await page.evaluate(() => { window.isMeasuring = true; });
    for (const theme of now === 'light' ? ['dark', 'light'] : ['light', 'dark']) { // a change paints all canvases anew
        await page.emulateMedia({ colorScheme: theme });
        await until(`the ${theme} theme`, () =>
            page.evaluate((wanted) => document.documentElement.dataset.theme === wanted, theme));
        await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
        await settle(page);
        const found = await violations(page);
        const { count, faint } = await contrasts(page);
        wrong.push(...[...found, ...faint, ...(count ? [] : ['no text was found'])].map((one) => `${theme}: ${one}`));
    }
    await page.evaluate(() => { window.isMeasuring = false; });
    return wrong;
}

export async function picture(page, name) {
    mkdirSync(SCREENS, { recursive: true });
    await page.mouse.move(0, 0);
    await page.evaluate(() => scrollTo(0, 0));
    await settle(page);
    await page.screenshot({ path: join(SCREENS, `${name}.png`), fullPage: true });
}
