// A clean pool that makes much noise in memory, a thousand jobs a second: nothing may be told of it.
// In a memory cgroup of its own where one can be made. Exit 1 with the alerts that were pending or
// fired, or when it did fewer jobs than it should.
// usage: noisy.mjs [SECONDS [JOBS-A-SECOND]]
import { makeGroup, open } from './box.mjs';
import { sleep } from '../scenario/lib.mjs';

const seconds = Number(process.argv[2] ?? 600);
const perSecond = Number(process.argv[3] ?? 1000);
const group = makeGroup(512 * 2 ** 20);
const scene = await open(group, 'noisy.js', [perSecond], '{}\n', ['--max-old-space-size=64']);
const began = Date.now();
const seen = new Map();
const pending = new Set();
let most = 0;

while (Date.now() < began + seconds * 1000 && scene.program.endedAt === undefined) {
    await sleep(0.25);
    const { alerts, processes } = await scene.get('/api/v1/frame?isolates=top:1');
    for (const alert of alerts) {
        if (alert.state === 'pending') {
            pending.add(alert.id);
        } else {
            seen.set(alert.id, `${alert.id} ${alert.severity}: ${alert.summary}`);
        }
    }
    most = Math.max(most, ...processes.map((one) => one.rss));
}
const { done = 0, failed = 0 } = JSON.parse(scene.program.stdout.trim().split('\n').pop() || '{}');
const ran = (Date.now() - began) / 1000;
await scene.close();
console.log(`${done} jobs in ${ran.toFixed(0)} s (${Math.round(done / ran)} a second), ${failed} failed, ` +
    `at most ${Math.round(most / 2 ** 20)} MB, ${seen.size} alerts, pending: ${[...pending].join(', ') || 'none'}`);
for (const line of seen.values()) {
    console.log(line);
}
process.exitCode = seen.size > 0 || failed > 0 || done < ran * perSecond * 0.3 ? 1 : 0;
