// Debian's own Prometheus scrapes the collector, and promtool finds nothing to say about /metrics.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { freePort, scene, until } from './lib.mjs';

const has = (program) => ['/usr/bin', '/usr/local/bin'].some((dir) => existsSync(join(dir, program)));
const skip = has('prometheus') && has('promtool') ? false
    : 'SKIPPED: Debian\'s package prometheus is not installed (make deps-check installs it)';

const nasty = 'a"b\\c\n\u0001d{e=","}';

test('promtool check metrics is clean', { skip }, async (t) => {
    const s = await scene(t);
    await s.collector();
    s.run('steady.js');
    s.start('isorun', ['--collector', s.socket, '--name', nasty, '-e', 'setInterval(function () {}, 1000)']);
    const text = await until('both programs', async () => {
        const body = await (await fetch(`${s.url}/metrics`)).text();
        /* a process is told as soon as it says hello, its sums come with the next tick */
        return /steady-2/.test(body) && /^isoscope_process_rss_bytes\{process="a/m.test(body) &&
            /^isoscope_process_rss_bytes\{process="test"/m.test(body) && body;
    });
    const told = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    assert.equal(told.status, 0, told.stdout + told.stderr);
    assert.equal(told.stdout + told.stderr, '');
    assert.match(text, /^isoscope_build_info\{version="[^"]+"\} 1$/m);
    assert.match(text, /^isoscope_collector_cpu_seconds_total [\d.]+$/m);
    for (const name of ['isolate_heap_used_bytes', 'isolate_jobs_total', 'process_rss_bytes',
        'process_clone_size_bytes_bucket', 'process_clone_duration_seconds_sum',
        'process_gc_pause_seconds_count', 'budget_used_bytes', 'events_total', 'events_lost_total']) {
        assert.match(text, new RegExp(`^isoscope_${name}(\\{[^\\n]*\\})? `, 'm'), name);
    }
    const open = await fetch(`${s.url}/metrics`, { headers: { Accept: 'application/openmetrics-text;version=1.0.0' } });
    assert.match(open.headers.get('content-type'), /^application\/openmetrics-text; version=1.0.0/);
    assert.match(await open.text(), /# EOF\n$/);
});

test('metrics.isolates cuts the series, largest kept, and says so', async (t) => {
    const s = await scene(t);
    const file = join(s.dir, 'cut.yaml');
    writeFileSync(file, 'metrics: {isolates: 2}\n');
    await s.collector('--config', file);
    s.run('steady.js');
    const text = await until('all isolates', async () => {
        const body = await (await fetch(`${s.url}/metrics`)).text();
        return /^isoscope_metrics_isolates_cut 2$/m.test(body) && body;
    });
    assert.equal(text.match(/^isoscope_isolate_heap_used_bytes\{/gm).length, 2);
});

test('Prometheus scrapes it and answers a query', { skip }, async (t) => {
    const s = await scene(t);
    const token = join(s.dir, 'token'), config = join(s.dir, 'isoscope.yaml');
    writeFileSync(token, 'the-token-that-prometheus-shows\n');
    writeFileSync(config, `http: {token_file: ${token}}\n`);
    await s.collector('--config', config);
    s.run('steady.js');
    const port = await freePort();
    const file = join(s.dir, 'prometheus.yml');
    writeFileSync(file, 'global: {scrape_interval: 1s}\nscrape_configs:\n- job_name: isoscope\n'
        + `  authorization: {credentials_file: ${token}}\n`
        + `  static_configs: [{targets: ['127.0.0.1:${s.port}']}]\n`);
    s.start('/usr/bin/prometheus', [`--config.file=${file}`, `--storage.tsdb.path=${join(s.dir, 'tsdb')}`,
        `--web.listen-address=127.0.0.1:${port}`, '--log.level=error']);
    const query = async (text) => {
        const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(text)}`);
        const { status, data } = await answer.json();
        assert.equal(status, 'success');
        return data.result;
    };
    const heaps = await until('heaps in Prometheus', async () => {
        const found = await query('isoscope_isolate_heap_used_bytes');
        return found.length >= 4 && found;
    }, 60);
    const worker = heaps.find(({ metric }) => metric.name === 'steady-1');
    assert.ok(worker && Number(worker.value[1]) > 0);
    assert.equal(worker.metric.process, 'test');
    assert.match(worker.metric.isolate, /^\d+\.\d+$/);
    const [up] = await query('up{job="isoscope"}');
    assert.equal(up.value[1], '1');
    const rate = await until('a rate of jobs', async () => {
        const [found] = await query('sum(rate(isoscope_process_jobs_total[1m]))');
        return found && Number(found.value[1]) > 0;
    }, 30);
    assert.ok(rate);
});

test('prom-client\'s names with a thread, where they are asked for', { skip }, async (t) => {
    const s = await scene(t);
    const file = join(s.dir, 'compat.yaml');
    writeFileSync(file, 'compat: {nodejs: true}\n');
    await s.collector('--config', file);
    const program = s.run('steady.js');
    const text = await until('its workers', async () => {
        const body = await (await fetch(`${s.url}/metrics`)).text();
        return body.includes(`nodejs_heap_size_used_bytes{process="test",pid="${program.pid}",thread="1"} `) && body;
    });
    const told = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    assert.equal(told.stdout + told.stderr, '');
    const of = (line) => Number(text.split('\n').find((each) => each.startsWith(line))?.split(' ').at(-1));
    assert.ok(of('nodejs_external_memory_bytes{') >= 0);
    assert.ok(of(`nodejs_heap_size_total_bytes{process="test",pid="${program.pid}",thread="1"}`) > 0);
    assert.equal(of(`nodejs_heap_size_total_bytes{process="test",pid="${program.pid}",thread="1"}`),
        of(`isoscope_isolate_heap_total_bytes{process="test",pid="${program.pid}",isolate="${program.pid}.1"`));
});
