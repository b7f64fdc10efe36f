// Rules that look at more than heaps, of unmodified Node.js: who sees what they need, by probes, by the agent
// and by both. What each way does not see is in docs/node.md.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { programs, until } from '../scenario/lib.mjs';
import { refused, scenery } from '../scenario/ways.mjs';

const OOM = `const { Worker } = require('worker_threads');
const start = () => new Worker('const a = []; for (;;) a.push(new Array(1000).fill(a.length));', { eval: true,
    name: 'hungry-1', resourceLimits: { maxOldGenerationSizeMb: 16 } }).on('error', () => {}).on('exit', () => setTimeout(start, 100));
start();`;

const cases = [
    { rule: 'worker_crash', text: OOM, ways: ['probes', 'agent', 'both'], says: /died of (its|their) heap limit/ },
    { rule: 'worker_crash', script: 'rules/crashes.js', ways: ['probes', 'agent', 'both'], says: /^thrower(-1| workers) ended with an error that nobody caught/ },
    { rule: 'spawn_per_request', script: 'rules/spawns.js', ways: ['probes', 'agent', 'both'], says: /^\S+ starts workers for a moment's work\./, isCured: true },
    { rule: 'clone_tax', script: 'cloner.js', ways: ['probes', 'both'], config: 'rules: [{kind: clone_tax, threshold: 0.05}]\n',
        says: /spends \d+ % of its time copying what it posts\./, isCured: true },
    { rule: 'main_blocked', script: 'rules/blocked.js', argument: 'busy', ways: ['agent', 'both'], says: /stands still \d+ % of the time\.$/ },
];

for (const { rule, script, text, ways, says, isCured, argument, config = '' } of cases) {
    for (const way of ways) {
        test(`${rule}${script ? ` (${script})` : ''} by ${way}`, { skip: refused(way) }, async (t) => {
            const s = await scenery(t, `tick: {interval: 100ms}\n${config}`);
            const flag = join(s.dir, 'cured');
            const program = await s.watch(way, [text ? s.file('program.js', text) : join(programs, script), argument ?? flag]);
            const advice = (state) => until(`${rule} ${state}`, async () => (await s.get('/api/v1/advice')).advice
                .find((one) => one.rule === rule && one.state === state), 120);
            const one = await advice('firing');
            assert.match(one.symptom, says);
            assert.match(one.id, new RegExp(`\\b${program.pid}\\b`));
            if (isCured) {
                writeFileSync(flag, '');
                await advice('resolved');
            }
            assert.equal(program.stderr, '');
        });
    }
}
