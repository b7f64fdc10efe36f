// Two containers with unmodified Node.js in each: a budget for each, the sums of its own processes alone, and
// the alert names the one that fills up.
import assert from 'node:assert/strict';
import { readFileSync, readlinkSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import test from 'node:test';
import { makeGroup, removeGroup } from '../containers/box.mjs';
import { until } from '../scenario/lib.mjs';
import { refused, scenery, WAYS } from '../scenario/ways.mjs';

const MB = 1 << 20;
const LIMITS = [300 * MB, 400 * MB];
const grow = resolve('tests/containers/grow.js');

/** Node.js in a group: how many MB a second its workers take, and how many they hold before that. */
const box = (s, way, group, [rate, held]) => s.watch(way, [grow, String(rate), 'each', 'external', String(held)],
    { group, ready: (self) => readlinkSync(`/proc/${self.pid}/exe`).includes('node') });

/** Resident memory of a process in bytes. */
const rss = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;

for (const way of WAYS) {
    test(`${way}: budgets by memory cgroup`, { skip: refused(way) }, async (t) => {
        const groups = LIMITS.map(makeGroup);
        if (groups.includes(null)) {
            t.skip('no memory cgroup can be made');
            return;
        }
        const s = await scenery(t);
        t.after(() => Promise.all(groups.map(removeGroup)));
        const steady = await box(s, way, groups[0], [0, 60]);
        const growing = await box(s, way, groups[1], [10, 60]);
        const programs = [steady, growing];
        const budgetOf = async (i) => (await s.get('/api/v1/budgets')).budgets.find((one) => one.name === basename(groups[i]));
        for (const [i, program] of programs.entries()) {
            const budget = await until(`the budget of ${basename(groups[i])}`, async () => {
                const one = await budgetOf(i);
                return one?.limit === LIMITS[i] && one.used > 0 && one;
            }, 60);
            assert.equal(budget.scope, `container:${groups[i]}`);
            const own = budget.parts.filter((one) => one.isolate);
            assert.ok(own.every((one) => one.isolate.startsWith(`${program.pid}.`)), JSON.stringify(budget.parts));
            const sum = budget.parts.reduce((all, one) => all + one.bytes, 0);
            assert.ok(Math.abs(sum - budget.used) <= 1 + budget.used * 0.001, `${sum} of ${budget.used}`);
        }
        const alert = await until('the one that fills up is told', async () => (await s.get('/api/v1/alerts')).alerts
            .find((one) => one.rule === 'budget' && one.state === 'firing'), 120);
        assert.ok(alert.id.endsWith(basename(groups[1])), alert.id);
        assert.ok(Number.isFinite((await budgetOf(1)).limit_seconds) || (await budgetOf(1)).state === 'over');
        await growing.kill();
        const left = await budgetOf(0);
        assert.notEqual(left.state, 'over'); // more is promised than there is: a warning
        assert.ok(left.used < LIMITS[0] * 0.9 && rss(steady.pid) > 60 * MB);
        await steady.kill();
    });
}
