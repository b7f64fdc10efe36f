// docs/tour.md, walked: its programs, its configuration, its steps. Whatever it sets in bold was seen
// on the page on the way.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { scene, until } from '../scenario/lib.mjs';
import { launch, open } from './browser.mjs';

const tour = readFileSync('docs/tour.md', 'utf8');
const block = (language) => new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(tour)[1];
/** Those of one section, as they stand on the page. */
const bold = (number) => [...tour.split(/^## /m).find((part) => part.startsWith(`${number}.`)).matchAll(/\*\*([^*]+)\*\*/g)]
    .map((match) => match[1].replace(/\s+/g, ' '));

test('the tour of docs/tour.md', async (t) => {
    const s = await scene(t);
    const config = join(s.dir, 'tour.yaml');
    writeFileSync(config, block('yaml'));
    await s.collector('--config', config);
    const [, name, script] = /isorun --name (\S+) (\S+)/.exec(block('sh'));
    s.start('isorun', ['--collector', s.socket, '--name', name, resolve(script)]);
    const browser = await launch(t);
    const { page, faults, refused } = await open(browser, `${s.url}/`);
    const shown = async () => (await page.evaluate(() => document.body.innerText)).replace(/\s+/g, ' ');
    const see = async (number, seconds = 60) => {
        for (const words of bold(number)) {
            await until(`${number}: ${words}`, async () => (await shown()).includes(words), seconds);
        }
    };

    await see(1);
    await see(2);
    const leak = await until('who leaks', async () =>
        (await s.frame()).isolates.find((one) => one.drift.state === 'rising'));
    assert.match(await page.locator('.verdict h1').textContent(), new RegExp(leak.name));

    await page.locator('table.isolates').getByText(leak.name, { exact: true }).click();
    await until('its own address', () => page.url().includes(`#/isolates/${leak.id}`));
    await see(3);

    await page.getByRole('button', { name: 'Profile 10 s' }).click();
    await page.getByRole('button', { name: /^Count/ }).click();
    await see(4);

    await page.getByRole('button', { name: /^Recycle/ }).click();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Cancel');
    await see(5);
    await page.getByRole('button', { name: 'Recycle now' }).click();
    const [recycle] = await until('it was recycled', async () => {
        const { recycles } = await s.get(`/api/v1/recycles?isolate=${leak.id}`);
        return recycles.length && recycles;
    }, 60);
    await until('what it brought', async () => /freed [\d.]+ MiB of [\d.]+ MiB predicted/.test(await shown()));

    await page.locator('.verdict a').last().click();
    const next = await until('who took its place', async () => {
        const id = decodeURIComponent(/#\/isolates\/([^?]+)/.exec(page.url())[1]);
        return id !== leak.id && (await s.frame()).isolates.find((one) => one.id === id);
    });
    assert.equal(next.pool, leak.pool);
    await until('it is flat', async () => {
        const one = (await s.frame()).isolates.find((other) => other.id === next.id);
        return one.drift.state === 'flat' && /is flat/.test(await page.locator('.verdict h1').textContent());
    }, 90);
    await page.getByRole('link', { name: 'Overview' }).first().click();
    await see(6, 90);
    await until('its line', async () => (await page.locator(`table.recycled tr[data-seq="${recycle.seq}"]`).count()) === 1);
    assert.deepEqual(faults, []);
    assert.deepEqual(await refused(), []);
});
