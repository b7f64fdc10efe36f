// What the page shows when something is missing: no permission, an older collector, one that went
// away and came back as another version, names that attack.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { agent } from '../scenario/agent.mjs';
import { scene, until } from '../scenario/lib.mjs';
import { flaws, launch, open } from './browser.mjs';

const VIEWS = ['', 'flows', 'stores', 'alerts', 'processes'];
const texts = async (page, selector) => (await page.locator(selector).allTextContents()).join(' ');
const live = (page) => until('live', async () => (await page.locator('.live[data-state=live]').count()) === 1, 30);

/** In front of the real collector: leaves out what an older one does not have, names another version, and
 * where `spoil` answers something, that is done to the request instead. */
async function older(t, s, missing) {
    const self = { version: null, spoil: () => null };
    const server = http.createServer((request, response) => {
        const deed = self.spoil(request.url);
        if (deed) {
            deed(response);
            return;
        }
        if (missing.some((path) => request.url.startsWith(path))) {
            response.writeHead(404, { 'content-type': 'application/json' });
            response.end('{"error":{"code":"not_found","message":"there is no such path"}}');
            return;
        }
        const headers = { ...request.headers, host: `127.0.0.1:${s.port}`, 'accept-encoding': 'identity' };
        const ask = http.request({ port: s.port, host: '127.0.0.1', path: request.url, method: request.method, headers }, (answer) => {
            response.writeHead(answer.statusCode, answer.headers);
            answer.on('data', (data) => {
                response.write(self.version ? String(data).replace(/"version":"[^"]*"/, `"version":"${self.version}"`) : data);
            });
            answer.on('end', () => response.end());
            answer.on('error', () => response.destroy());
        });
        ask.on('error', () => response.destroy());
        response.on('close', () => ask.destroy());
        ask.end();
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    t.after(() => { server.closeAllConnections(); server.close(); });
    self.cut = () => server.closeAllConnections();
    self.url = `http://127.0.0.1:${server.address().port}`;
    return self;
}

test('an older collector: what it does not tell is said, the rest goes on', async (t) => {
    const s = await scene(t);
    await s.collector();
    s.run('flows.js');
    const front = await older(t, s, ['/api/v1/flows', '/api/v1/advice', '/api/v1/silences', '/api/v1/recycles', '/api/v1/alerts', '/api/v1/stores']);
    const browser = await launch(t);
    const { page } = await open(browser, `${front.url}/`);
    await live(page);
    await until('the overview says which', async () =>
        (await page.locator('.trouble:not([hidden]) b').allTextContents()).every((text) => /^This collector does not tell/.test(text))
        && (await page.locator('.trouble:not([hidden])').count()) === 3);
    await until('isolates go on', async () => (await page.locator('table.isolates tbody tr').count()) >= 3);
    assert.deepEqual(await flaws(page), []);
    for (const [view, words] of [['flows', 'the flows'], ['stores', 'stores'], ['alerts', 'silences']]) {
        await page.goto(`${front.url}/#/${view}`);
        await until(view, async () => new RegExp(`does not tell ${words}.*It is older than this page`).test(await texts(page, '.trouble:not([hidden])')));
    }
    front.version = '99.1';
    front.cut();
    await until('it was updated', async () => /Isoscope was updated/.test(await texts(page, '.banner:not([hidden])')), 30);
    assert.deepEqual(await flaws(page), []);
    await page.getByRole('button', { name: 'Reload' }).click();
    await live(page);
    assert.doesNotMatch(await texts(page, '.banner:not([hidden])'), /updated/);
});

test('a broken and a slow collector: the views say so, live goes on, and they recover', async (t) => {
    const s = await scene(t);
    await s.collector();
    s.run('flows.js');
    const front = await older(t, s, []);
    const asked = /^\/api\/v1\/(flows|stores|recycles|advice|silences|alerts)/;
    const spoil = (deed) => { front.spoil = (url) => (asked.test(url) ? deed : null); };
    spoil((response) => { response.writeHead(500, { 'content-type': 'application/json' }); response.end('{"error":{"message":"out of <b>memory</b>"}}'); });
    const browser = await launch(t);
    const { page } = await open(browser, `${front.url}/#/flows`);
    await live(page);
    const trouble = page.locator('.trouble:visible');
    await until('what failed and why', async () => /could not be read.*answered 500: out of <b>memory<\/b>\. Live values go on/.test(await texts(page, '.trouble:visible')));
    assert.deepEqual(await flaws(page), []);
    for (const [what, deed] of [
        ['no JSON', (response) => { response.writeHead(200, { 'content-type': 'application/json' }); response.end('{"flows": [{]'); }],
        ['another JSON', (response) => { response.writeHead(200, { 'content-type': 'application/json' }); response.end('{"flows": 7, "stores": {"a": 1}}'); }],
        ['an end in the middle', (response) => { response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' }); response.write('{"flows": ['); response.destroy(); }],
    ]) {
        spoil(deed);
        const before = await page.evaluate(() => window.ticks);
        await until(`ticks go on over ${what}`, () => page.evaluate((count) => window.ticks > count + 3, before), 30);
        await live(page);
    }
    const waiting = [];
    spoil((response) => waiting.push(response));
    await page.reload();
    await live(page);
    await until('it is on its way', async () => /are on their way/.test(await texts(page, '.trouble:visible')));
    assert.deepEqual(await flaws(page), []);
    front.spoil = () => null;
    for (const response of waiting) {
        response.writeHead(503, { 'content-type': 'application/json' });
        response.end('{}');
    }
    await until('the flows after all', async () => (await page.locator('table.flows tbody tr').count()) > 0, 60);
    assert.equal(await trouble.count(), 0);
});

test('without permission nothing is offered, and one line says why', async (t) => {
    const s = await scene(t);
    const file = join(s.dir, 'isoscope.yaml');
    writeFileSync(file, 'budgets: [{name: small, match: test, limit: 1MiB, for: 0s}]\n');
    await s.collector('--config', file);
    s.run('steady.js');
    const browser = await launch(t);
    const { page, faults, refused } = await open(browser, `${s.url}/#/alerts`);
    const card = page.locator('.card[data-rule=budget][data-state=firing]');
    await until('an alert', async () => (await card.count()) === 1, 30);
    assert.equal(await page.locator('.card button:visible').count(), 0);
    assert.equal(await page.locator('.silenceform:visible').count(), 0);
    await until('why', async () => /http\.allow_actions is false/.test(await texts(page, '.foot:not([hidden])')));
    assert.deepEqual(await flaws(page), []);
    assert.deepEqual(faults, []);
    assert.deepEqual(await refused(), []);
});

test('every view outlives its collector', async (t) => {
    const s = await scene(t);
    const daemon = await s.collector();
    s.start('isorun', ['--collector', s.socket, '--name', '<i>\u202edemo', resolve('tests/e2e/names.js')]);
    s.run('flows.js');
    const browser = await launch(t);
    const pages = [];
    for (const view of VIEWS) {
        const { page } = await open(browser, `${s.url}/#/${view}`);
        await live(page);
        pages.push(page);
    }
    const [overview, flows, stores] = pages;
    await until('flows', async () => (await flows.locator('table.flows tbody tr').count()) > 0);
    await until('stores', async () => (await stores.locator('.allstores tbody tr').count()) > 0);
    for (const page of pages) {
        assert.equal(await page.locator('i i, main img, bdi i').count(), 0, 'names are text');
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 1440);
    }
    await daemon.kill();
    for (const page of pages) {
        await until('the banner', async () => /Connection lost at/.test(await texts(page, '.banner:not([hidden])')), 30);
    }
    assert.deepEqual(await flaws(flows), []);
    assert.ok((await flows.locator('table.flows tbody tr').count()) > 0, 'what was known stays');
    await s.collector();
    await until('it says that it began anew', async () =>
        /Connected again\. The collector was restarted\./.test(await texts(overview, '.banner:not([hidden])')), 30);
    for (const page of pages) {
        await live(page);
    }
    await until('its stores again', async () => {
        const [one] = (await s.get('/api/v1/stores')).stores.filter((store) => store.shared);
        return one && (await texts(stores, '.allstores tbody tr')).includes(`#${one.id}`);
    });
});

test('an isolate that is not heard any more is hatched, counted and told of', async (t) => {
    const s = await scene(t);
    const file = join(s.dir, 'isoscope.yaml');
    writeFileSync(file, 'budgets: [{name: node, match: node}]\ntick: {stale_after: 1s}\n');
    await s.collector('--config', file);
    const program = s.start(process.execPath, ['--require', agent, '-e', 'setInterval(() => {}, 1000)'],
        { env: { ...process.env, ISOSCOPE_SOCKET: s.socket, ISOSCOPE_INTERVAL: '200' } });
    const browser = await launch(t);
    const { page, faults } = await open(browser, `${s.url}/`);
    await live(page);
    await until('its row', async () => (await page.locator('table.isolates tbody tr').count()) > 0, 30);
    const before = await until('its budget', async () => (await s.frame()).budgets[0].used);
    program.child.kill('SIGSTOP');
    await until('its row says stale', async () => /stale/.test(await texts(page, 'table.isolates .st')), 30);
    assert.match(await page.locator('table.isolates tbody tr').first().getAttribute('data-shape'), /hatch/);
    await until('a band of its own', async () => /main/.test(await texts(page, '.bands li:not([hidden])')));
    assert.ok((await s.frame()).budgets[0].used > before / 2, 'it is still counted');
    await until('the numbers count it', async () => /1 stale/.test(await texts(page, '.stats .aside')));
    assert.deepEqual(await flaws(page), []);
    program.child.kill('SIGCONT');
    await until('it is back', async () => !/stale/.test(await texts(page, 'table.isolates .st')), 30);
    assert.deepEqual(faults, []);
});

test('a view whose code cannot be had says so, and is there after a reload', async (t) => {
    const s = await scene(t);
    await s.collector();
    s.run('flows.js');
    const browser = await launch(t);
    const { page, refused } = await open(browser, `${s.url}/`);
    await page.route(/views-.*\.js/, (route) => route.abort());
    await page.goto(`${s.url}/?again#/flows`);
    await until('it says so', async () => /The flows could not be loaded/.test(await texts(page, '.stage')), 30);
    assert.deepEqual(await flaws(page), []);
    await page.getByRole('link', { name: 'Overview' }).first().click();
    await until('the overview goes on', async () => (await page.locator('table.isolates tbody tr').count()) > 0);
    await page.goto(`${s.url}/?again#/flows`);
    await until('it is said again', async () => (await page.getByRole('button', { name: 'Reload' }).count()) === 1, 30);
    await page.unroute(/views-.*\.js/);
    await page.getByRole('button', { name: 'Reload' }).click();
    await until('there it is', async () => (await page.locator('.flowsview table.flows tbody tr').count()) > 0, 30);
    assert.deepEqual(await refused(), []);
});

test('slow and broken answers have their state, and what follows them is read', async (t) => {
    const s = await scene(t);
    await s.collector();
    s.run('flows.js');
    const browser = await launch(t);
    const { page } = await open(browser, `${s.url}/#/stores`);
    await until('a store', async () => (await page.locator('.allstores tbody tr').count()) === 1, 30);
    const answers = [
        [{ status: 200, contentType: 'application/json', body: '{"flows": [' }, /answered 200: its answer could not be understood/],
        [{ status: 200, contentType: 'text/html', body: '<b>a proxy</b>' }, /answered 200: its answer could not be understood/],
        [{ status: 500, contentType: 'text/plain', body: 'boom' }, /answered 500/],
        [{ status: 503, contentType: 'application/json', body: '{"error":{"message":"too <b>busy</b>","hint":"later"}}' }, /too <b>busy<\/b>\. later/],
    ];
    for (const [answer, words] of answers) {
        let release;
        const held = new Promise((done) => { release = done; });
        const flows = /\/api\/v1\/flows/;
        await page.route(flows, async (route) => { await held; await route.fulfill(answer).catch(() => undefined); });
        await page.goto(`${s.url}/?${words.source.length}${Math.random()}#/flows`);
        await until('they are on their way', async () => /The flows are on their way/.test(await texts(page, '.trouble:not([hidden])')));
        release();
        await until('what went wrong', async () => words.test(await texts(page, '.trouble:not([hidden])')));
        assert.match(await texts(page, '.trouble:not([hidden])'), /Live values go on/);
        assert.deepEqual(await flaws(page), []);
        const again = page.getByRole('button', { name: 'Try again' });
        assert.equal(await again.count(), 1);
        await page.unroute(flows);
        await again.click({ timeout: 10e3 }).catch(() => undefined); // it is gone where the page has asked by itself
        await until('they are there', async () => (await page.locator('.flowsview table.flows tbody tr').count()) > 0);
        assert.equal(await page.locator('.trouble:visible').count(), 0);
    }
});

test('a stream that cannot be read is given up, said, and tried again', async (t) => {
    const s = await scene(t);
    await s.collector();
    s.run('steady.js');
    const browser = await launch(t);
    const { page } = await open(browser, `${s.url}/`);
    const bodies = ['event: frame\ndata: {"t": 1, "isolates": [\n\n', 'event: frame\ndata: {"t": 1, "isolates": 7}\n\n'];
    for (const body of bodies) {
        await page.route(/\/api\/v1\/stream/, (route) => route.fulfill({ status: 200, contentType: 'text/event-stream', body }));
        await page.goto(`${s.url}/?${body.length}`);
        await until('the banner says why', async () => /sends what this page cannot read/.test(await texts(page, '.banner:not([hidden])')));
        assert.deepEqual(await flaws(page), []);
        await page.unroute(/\/api\/v1\/stream/);
        await live(page);
        await until('its rows', async () => (await page.locator('table.isolates tbody tr').count()) > 0);
    }
});
