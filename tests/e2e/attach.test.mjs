// Watching a running Node.js from the page: real isoprobe, real program, every state on the way.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { agent } from '../scenario/agent.mjs';
import { scene, until } from '../scenario/lib.mjs';
import { obedient, refusal } from '../scenario/probe.mjs';
import { flaws, launch, open } from './browser.mjs';

const texts = async (page, selector) => (await page.locator(selector).allTextContents()).join(' ');

async function configured(t, acts) {
    const s = await scene(t);
    writeFileSync(join(s.dir, 'config.yaml'), `http: {allow_actions: ${acts}}\n`);
    await s.collector('--config', join(s.dir, 'config.yaml'));
    return s;
}

test('a running Node.js is attached, watched and left alone from the page', { skip: refusal() }, async (t) => {
    const s = await configured(t, true);
    const program = await obedient(s, process.execPath, 'obedient.js');
    const browser = await launch(t);
    const { page, faults, refused } = await open(browser, `${s.url}/#/`);
    await page.locator('.empty').getByRole('link', { name: 'from here' }).click();
    await until('what to start first', async () => /No isoprobe waits for orders/.test(await texts(page, '.attach .nothing:visible')));
    assert.equal(await page.locator('.attachform:visible').count(), 0);
    assert.match(await texts(page, '.attach .code:visible'), /isoprobe --serve/);
    assert.deepEqual(await flaws(page), []);

    const probe = s.start('isoprobe', ['--serve', '--collector', s.socket]);
    await page.locator('.attachform').waitFor();
    const stranger = page.locator(`.probe[data-pid="${program.pid}"]`);
    await until('whom it could watch', async () => /obedient\.js pid \d+, nobody watches it/.test(await stranger.textContent()), 30);
    assert.equal(await stranger.getByRole('button', { name: 'Attach' }).count(), 1);
    const isOffered = async () => (await s.frame()).status.candidates.some((one) => one.pid === program.pid && one.name === 'obedient.js');
    assert.ok(await isOffered());
    const form = page.locator('.attachform');
    const attach = form.getByRole('button', { name: 'Attach' });
    await attach.click();
    assert.match(await form.textContent(), /A pid is a number/);
    const none = s.start('/bin/sleep', ['600']);
    await form.getByLabel('Pid').fill(String(none.pid));
    await attach.click();
    await until('why not', async () => /failed: .*is no Node\.js/.test(await form.textContent()));
    await form.getByLabel('Pid').fill(String(program.pid));
    await page.keyboard.press('Enter');
    await until('it is attached', async () => /attached/.test(await form.textContent()), 30);
    const line = page.locator(`.probe[data-pid="${program.pid}"]`);
    await until('it is among those watched', async () => /watched by isoprobe/.test(await line.textContent()));
    await until('its isolates', async () =>
        (await page.locator(`.processes tr[data-pid="${program.pid}"] td.c-count`).textContent()) === '2');
    assert.equal(await stranger.getByRole('button', { name: 'Detach' }).count(), 1);
    await until('it is no candidate any more', async () => !(await isOffered()));
    await until('its memory by kind, as the kernel counts it', async () => {
        const row = page.locator(`.kernelmemory tr[data-pid="${program.pid}"]`);
        const { memory } = await s.get(`/api/v1/processes/${program.pid}`);
        const titles = await row.locator('.c-fig .q').evaluateAll((figures) => figures.map((figure) => figure.title));
        const told = [memory.anon, memory.file, memory.shmem, memory.swapped, memory.page_tables, memory.rss_peak];
        return memory.anon > 0 && JSON.stringify(titles) === JSON.stringify(told.map((one) => `${one.toLocaleString('en')} bytes`));
    }, 30);
    const known = s.start(process.execPath, ['--require', agent, '-e', 'setInterval(() => {}, 1000)'],
        { env: { ...process.env, ISOSCOPE_SOCKET: s.socket, ISOSCOPE_INTERVAL: '200' } });
    const other = page.locator(`.probe[data-pid="${known.pid}"]`);
    await until('one that its agent tells of', async () => /its agent reports/.test(await other.textContent()));
    await other.getByRole('button', { name: 'Attach' }).click();
    await until('now both do', async () => {
        const said = await other.textContent();
        assert.doesNotMatch(said, /failed/);
        return /watched by isoprobe/.test(said);
    }, 30);
    assert.deepEqual(await flaws(page), []);
    await known.kill();
    await until('it is gone', async () => (await other.count()) === 0);

    await page.goto(`${s.url}/#/isolates?q=${program.pid}`);
    await program.ask('worker fill 40000000');
    const said = await program.ask('worker gc');
    await until('what the program itself measured', async () => {
        const row = page.locator('.lines [role=row]:visible').filter({ has: page.locator('.nm', { hasText: 'crunch' }) });
        const seen = Number((await row.locator('.c-live .q').getAttribute('title')).replace(/\D/g, ''));
        return Math.abs(seen - said.used) <= said.used * 0.02;
    });

    await page.goto(`${s.url}/#/processes/${program.pid}`);
    await until('the one the address names', async () =>
        (await page.locator('.processes tr.is-named').getAttribute('data-pid')) === String(program.pid));
    await line.getByRole('button', { name: 'Detach' }).click();
    await until('it is left alone', async () => /nobody watches it/.test(await line.textContent()) &&
        (await s.frame()).isolates.every((one) => one.process !== program.pid));
    assert.equal((await probe.kill('SIGTERM')).code, 0);
    await until('nobody takes orders', async () => /No isoprobe waits for orders/.test(await texts(page, '.attach .nothing:visible')));
    assert.deepEqual(Object.keys(await program.ask('post 1 1')), ['count', 'bytes']);
    assert.deepEqual(faults, []);
    assert.deepEqual(await refused(), []);
});

test('where nothing may be done nothing can be attached, and one line says why', async (t) => {
    const s = await configured(t, false);
    const browser = await launch(t);
    const { page, faults } = await open(browser, `${s.url}/#/processes`);
    await until('why', async () => /http\.allow_actions is false/.test(await texts(page, '.attach .nothing:visible')));
    assert.equal(await page.locator('.attach button:visible').count(), 0);
    assert.deepEqual(await flaws(page), []);
    assert.deepEqual(faults, []);
});
