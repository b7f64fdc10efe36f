// A leak in a pool of unmodified Node.js: told by probes alone, by the agent alone and by both, of the worker
// that leaks and of no other.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { until } from '../scenario/lib.mjs';
import { modules, refused, scenery, sourcesOf, WAYS } from '../scenario/ways.mjs';

const lack = existsSync(modules) ? false : 'piscina is not installed: make build/npm/watched/.done';
const JOBS = 2000, PAUSE_MS = 3;
const CULPRITS = { probes: 'message', agent: 'thumbnails', both: 'thumbnails' };

for (const way of WAYS) {
    test(`${way}: a leaking job of Piscina is named and alerted`, { skip: lack || refused(way) }, async (t) => {
        const s = await scenery(t);
        const program = await s.watch(way, [resolve('tests/watched/thumbnails.js'), join(modules, 'piscina'), JOBS, PAUSE_MS]
            .map(String), { ready: (self) => self.stdout.includes('ready'), stdio: ['pipe', 'pipe', 'pipe'] });
        await until('three isolates', async () => (await s.isolates(program.pid)).length === 3, 60);
        program.child.stdin.write('go\n');
        const drifts = async () => (await s.get('/api/v1/alerts')).alerts.filter((one) => one.rule === 'drift');
        const alert = await until('the alert', async () => (await drifts()).find((one) => one.state === 'firing'), 240);
        assert.equal(alert.isolate, `${program.pid}.1`);
        assert.equal(alert.culprit, CULPRITS[way]);
        const told = new RegExp(` keeps [\\d.]+ [KM]iB more after every ${CULPRITS[way]} job\\.`);
        assert.match(alert.summary, told);
        const isolate = await s.isolate(alert.isolate);
        assert.deepEqual(isolate.sources, sourcesOf(way));
        assert.equal(isolate.drift.state, 'rising');
        const { verdict } = await s.frame();
        assert.match(JSON.stringify(verdict), /keeps|drift|grow|leak/i);
        t.diagnostic(`${alert.summary} (${isolate.gc.count} collections, ${isolate.jobs} jobs)`);
        const { grown, kept } = JSON.parse(await until('its own figure', () => program.stdout.split('\n')[1], 240));
        const end = (await drifts()).filter((one) => one.state === 'firing');
        assert.deepEqual(end.map((one) => one.isolate), [alert.isolate], 'of the other pool nothing is said');
        const seen = (await s.isolate(alert.isolate)).drift.bytes_per_job;
        assert.ok(Math.abs(seen / (grown / kept) - 1) < 0.25, `${seen} bytes a job told, ${grown / kept} measured`);
        assert.equal(program.stderr, '');
    });
}
