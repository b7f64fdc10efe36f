// Views of what is asked for apart from the stream: flows, stores, alerts with their silences and
// advice, recycles, processes. Real programs that do known things; what the page says is what the
// API says.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { scene, until } from '../scenario/lib.mjs';
import { receiver } from '../scenario/receiver.mjs';
import { flaws, launch, open } from './browser.mjs';

const exact = (bytes) => `${bytes.toLocaleString('en')} bytes`;
const texts = async (page, selector) => (await page.locator(selector).allTextContents()).join(' ');

async function configured(t, text) {
    const s = await scene(t);
    const file = join(s.dir, 'isoscope.yaml');
    writeFileSync(file, text);
    s.begin = () => s.collector('--config', file);
    s.daemon = await s.begin();
    return s;
}

/** The lines of the table of channels: who to whom, exact bytes, messages. */
const channels = (page) => page.locator('.flowsview table.flows tbody tr').evaluateAll((rows) =>
    rows.map((row) => [row.dataset.from, row.dataset.to, row.querySelector('.c-bytes .q').title, row.querySelector('td.c-count').textContent].join(' ')).sort());

/** A PNG as the browser reads it: its size, and how much of it is no grey. */
const colouredIn = (page, file) => page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    canvas.drawImage(bitmap, 0, 0);
    const { data } = canvas.getImageData(0, 0, bitmap.width, bitmap.height);
    let coloured = 0;
    for (let i = 0; i < data.length; i += 4) {
        coloured += Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) > 40;
    }
    return { width: bitmap.width, height: bitmap.height, share: (4 * coloured) / data.length };
}, file.toString('base64'));

test('flows and stores say what the API says', async (t) => {
    const s = await configured(t, 'http: {allow_actions: true}\n');
    const program = s.run('flows.js');
    await until('all was sent', () => /done/.test(program.stdout));
    const browser = await launch(t);
    const { page, faults, refused } = await open(browser, `${s.url}/#/flows?by=isolate&window=300`);

    await until('every flow is a line', async () => {
        const { flows } = await s.get('/api/v1/flows?window=300');
        const told = flows.map((flow) => [flow.from, flow.to ?? 'nobody',
            exact(flow.clone_bytes + flow.transfer_bytes + flow.share_bytes),
            flow.messages.toLocaleString('en')].join(' ')).sort();
        return flows.length >= 4 && JSON.stringify(told) === JSON.stringify(await channels(page));
    });
    const ribbons = await page.locator('.ribbon').count();
    assert.equal(ribbons, (await channels(page)).length);
    assert.match(await page.locator('.flowsview h1').textContent(), /main → right carries most, 5\.00\s*MiB in 5 min/);

    await page.locator(`table.flows a.channel`, { hasText: 'left' }).first().click();
    await until('its channel stands in the address', () => page.evaluate(() => /channel=/.test(location.hash)));
    await until('its sizes in words', async () =>
        /98 % of the messages are 8\.00\s*KiB to 16\.0\s*KiB/.test(await texts(page, '.channelpanel')));
    const [picture] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'PNG of the flows' }).click()]);
    const size = await page.locator('.sankey').boundingBox();
    const colours = await colouredIn(page, readFileSync(await picture.path()));
    assert.deepEqual([colours.width, colours.height], [Math.round(size.width), Math.round(size.height) + 40]);
    assert.ok(colours.share > 0.02, `${colours.share} of the file has a colour`);
    await page.locator('[data-value=matrix]').click();
    assert.equal(await page.getByRole('button', { name: 'PNG of the flows' }).count(), 0);
    await until('a field for each', async () => (await page.locator('.matrix td a').count()) === ribbons);
    assert.equal(await page.locator('.matrix td a[aria-current]').count(), 1);
    assert.deepEqual(await flaws(page), []);

    await page.goto(`${s.url}/#/stores?which=all`);
    await until('every store is a line', async () => {
        const { stores } = await s.get('/api/v1/stores');
        const told = stores.map((one) => `#${one.id} ${exact(one.bytes)} ${one.pins.length} ${one.refs}`).sort();
        const shown = await page.locator('.allstores tbody tr').evaluateAll((rows) => rows.map((row) =>
            `${row.querySelector('.c-id').textContent} ${row.querySelector('.q').title} ${row.querySelector('td.c-count').textContent} ${row.querySelector('td.c-refs').textContent}`).sort());
        return told.length >= 2 && JSON.stringify(told) === JSON.stringify(shown);
    });
    await page.locator('[data-value=shared]').click();
    await until('the shared one alone', async () => (await page.locator('.allstores tbody tr').count()) === 1);
    assert.match(await page.locator('h1:visible').textContent(), /^1 shared store, 4\.00\s*KiB counted once$/);
    await page.getByLabel('Held by').fill('left');
    await until('it is not held by that one', async () => /No store is held by “left”/.test(await texts(page, '.nothing:not([hidden])')));
    await page.getByLabel('Held by').fill('');
    assert.deepEqual(await flaws(page), []);

    await page.goto(`${s.url}/#/processes`);
    await until('the process as the API has it', async () => {
        const [one] = (await s.get('/api/v1/processes')).processes;
        const row = page.locator(`.processes tr[data-pid="${one.pid}"]`);
        const titles = await row.locator('.c-fig .q').evaluateAll((figures) => figures.map((figure) => figure.title));
        const told = [one.rss, one.heap_total, one.external, one.shared, one.queued_bytes, one.unattributed].map(exact);
        return JSON.stringify(titles) === JSON.stringify(told) && /connected/.test(await row.textContent());
    });
    assert.deepEqual(await flaws(page), []);
    assert.match(await texts(page, '.quarters'), /No notifier is configured/);
    assert.deepEqual(faults, []);
    assert.deepEqual(await refused(), []);
});

test('advice for who clones too much, a silence that is kept to, and its end', async (t) => {
    const hook = await receiver(t);
    const s = await configured(t, `http: {allow_actions: true}
tick: {interval: 100ms}
rules: [{kind: clone_tax, threshold: 0.05}]
notify: [{kind: webhook, url: '${hook.url}'}]
`);
    const flag = join(s.dir, 'cured');
    const browser = await launch(t);
    const { page, faults, refused } = await open(browser, `${s.url}/#/alerts`);
    s.run('steady.js'); // so that there is somebody, and a page to silence on
    await page.locator('.silenceform').waitFor();
    await page.getByLabel('Rule', { exact: true }).selectOption('clone_tax');
    await page.getByLabel('Why').fill('<b>a known one</b>');
    await page.getByRole('button', { name: 'Silence rule' }).click();
    await until('the silence is listed', async () => /clone_tax.*<b>a known one<\/b>/.test(await texts(page, '.silence')));
    const [silence] = (await s.get('/api/v1/silences')).silences;
    assert.equal(silence.rule, 'clone_tax');
    assert.equal(silence.comment, '<b>a known one</b>');

    const program = s.run('cloner.js', flag);
    const card = page.locator('.card[data-rule=clone_tax][data-state=firing]');
    await until('its card, silenced', async () => /silenced until \d\d:\d\d/.test(await texts(page, '.card[data-rule=clone_tax]')), 60);
    const [advice] = (await s.get('/api/v1/advice')).advice.filter((one) => one.rule === 'clone_tax');
    await until('its cause, what to do, what that should save', async () => {
        const words = await card.textContent();
        return [advice.cause, advice.action].every((part) => words.includes(part))
            && /Saves about [\d.]+\s*m?s a minute\./.test(words);
    });
    assert.deepEqual(await flaws(page), []);
    const [alert] = (await s.get('/api/v1/alerts?state=firing')).alerts.filter((one) => one.rule === 'clone_tax');
    assert.equal(alert.silence, String(silence.id));
    assert.deepEqual(alert.notified, []);
    assert.ok(hook.requests.every((one) => one.body.alerts[0].labels.alertname !== 'clone_tax'), 'nobody was told');

    await page.locator('.silence').getByRole('button').click();
    await until('nothing is silenced', async () => (await page.locator('.silence').count()) === 0);
    await until('now it was told', async () => (await s.get('/api/v1/alerts?state=firing')).alerts.some((one) => one.rule === 'clone_tax' && one.notified.length === 1));
    await until('and the card says to whom', async () => /told webhook/.test(await card.textContent()));

    await card.getByRole('button', { name: 'Silence' }).click();
    assert.deepEqual(await flaws(page), [], 'for how long');
    await card.getByRole('button', { name: '15 min' }).click();
    await until('this one alone', async () => {
        const [one] = (await s.get('/api/v1/silences')).silences;
        return one?.rule === alert.id && Math.abs(one.until - one.created_at - 900) < 1;
    });
    await card.getByRole('button', { name: 'Unsilence' }).click();
    await until('and no more', async () => (await s.get('/api/v1/silences')).silences.length === 0);

    await page.goto(`${s.url}/#/flows?by=isolate`);
    await until('the channel has the advice', async () => (await texts(page, '.advised')).includes('of its time copying what it posts'));
    await page.goto(`${s.url}/#/`);
    await until('the overview too', async () => (await texts(page, '.todo')).includes(advice.action));
    writeFileSync(flag, '');
    await page.goto(`${s.url}/#/alerts`);
    await until('what the cure brought', async () => {
        const one = (await s.get('/api/v1/advice')).advice.find((other) => other.rule === 'clone_tax');
        const saved = await texts(page, '.past .c-saved');
        return one?.state === 'resolved' && one.measured !== null && saved.includes(`${one.measured.toFixed(1)}\u2009s/min`);
    }, 60);
    assert.deepEqual(await flaws(page), [], 'what is past');
    await program.kill();
    assert.deepEqual(faults, []);
    assert.deepEqual(await refused(), []);
});

test('a recycle from the page, and what it brought', async (t) => {
    const s = await configured(t, 'http: {allow_actions: true}\ntick: {interval: 100ms}\n');
    s.run('recycling.js', 'leaking');
    const browser = await launch(t);
    const { page, faults, refused } = await open(browser, `${s.url}/`);
    await until('nothing yet', async () => /Nothing was recycled/.test(await texts(page, '.side')));
    const card = page.locator('.todo .card[data-rule=drift][data-state=firing]').first();
    await until('the leak', async () => (await card.count()) === 1, 60);
    const name = /thumbs-\d+/.exec(await card.textContent())[0];
    await card.getByRole('button', { name: `Recycle ${name}` }).click();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Cancel', 'the safe answer has the focus');
    await card.getByRole('button', { name: 'Recycle now' }).click();
    const recycle = await until('the API tells of it', async () => (await s.get('/api/v1/recycles')).recycles[0], 30);
    const line = page.locator(`table.recycled tr[data-seq="${recycle.seq}"]`);
    await until('so does the page', async () => {
        const [predicted, freed] = await line.locator('.q').evaluateAll((all) => all.map((one) => one.title));
        return freed === exact(recycle.reclaimed) && predicted === (recycle.predicted === null ? 'no figure was foretold' : exact(recycle.predicted));
    });
    assert.ok((await line.textContent()).includes(name));

    await page.locator('.flowpanel .remark').waitFor();
    await until('a selection over ticks', async () => /pool/.test(await texts(page, '.flowpanel')));
    await page.evaluate(() => {
        const range = document.createRange();
        range.selectNodeContents(document.querySelector('.flowpanel tbody .nm'));
        getSelection().removeAllRanges();
        getSelection().addRange(range);
    });
    const selected = await page.evaluate(() => String(getSelection()));
    const { tick } = await s.frame();
    await until('60 ticks more', async () => (await s.frame()).tick > tick + 60, 60);
    assert.equal(await page.evaluate(() => String(getSelection())), selected);
    assert.notEqual(selected, '');
    assert.deepEqual(faults, []);
    assert.deepEqual(await refused(), []);
});
