// A page in Debian's Chromium that writes down everything it must not do: console messages,
// requests to other hosts, content it was refused.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

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
const SCREENS = resolve('build/screenshots');

export async function launch(t) {
    const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        headless: true,
        args: FLAGS,
    });
    t.after(() => browser.close());
    return browser;
}

/** `faults` collects what was wrong; a test asserts that it stays empty. */
export async function open(browser, url, options = {}) {
    const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        ...options,
    });
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
    await page.addInitScript(() => {
        window.refused = [];
        document.addEventListener('securitypolicyviolation', (event) => {
            window.refused.push(`${event.violatedDirective} ${event.blockedURI}`);
        });
    });
    await page.addInitScript({ path: require.resolve('axe-core/axe.min.js') });
    await page.goto(url);
    return { page, faults, refused: () => page.evaluate(() => window.refused) };
}

/** What axe finds on the page as it stands: one line each. */
export async function violations(page) {
    const found = await page.evaluate(async () => (await window.axe.run(document)).violations);
    return found.flatMap((rule) =>
        rule.nodes.map((node) => `${rule.id}: ${node.html} ${node.failureSummary}`),
    );
}

export async function picture(page, name) {
    mkdirSync(SCREENS, { recursive: true });
    await page.mouse.move(0, 0);
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: join(SCREENS, `${name}.png`), fullPage: true });
}
