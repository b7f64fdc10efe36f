// The API and its document agree: the document is sound, names every route with its keys, and holds
// against every answer of the real collector with real programs, seen by a proxy that knows only it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { freePort, scene, start, until } from '../scenario/lib.mjs';

const document = resolve('daemon/views/openapi.json');
const tool = (name) => resolve('build/npm/api/node_modules/.bin', name);

test('the document is sound', () => {
    const said = execFileSync(tool('spectral'), ['lint', '-r', 'tests/api/.spectral.json', '--fail-severity=hint', document]);
    assert.match(said.toString(), /No results/);
});

/** The routes of the server, from its own table: "GET /api/v1/isolates/*" → its query keys. */
function routes() {
    const rows = readFileSync('daemon/views/routes.c', 'utf8')
        .matchAll(/\{"(GET|POST|DELETE)", "([^"]+)",\s+"([^"]*)", ROUTES_/g);
    return new Map([...rows].map(([, method, path, keys]) => [`${method} ${path}`, keys.split(' ').filter(Boolean).sort()]));
}

function documented() {
    const { paths, components } = JSON.parse(readFileSync(document));
    const all = new Map();
    for (const [path, methods] of Object.entries(paths)) {
        for (const [method, operation] of Object.entries(methods)) {
            const keys = (operation.parameters ?? [])
                .map((one) => (one.$ref ? components.parameters[one.$ref.split('/').at(-1)] : one))
                .filter((one) => one.in === 'query').map((one) => one.name);
            all.set(`${method.toUpperCase()} ${path.replace(/\{\w+\}/g, '*')}`, keys.sort());
        }
    }
    return all;
}

test('the document names every route and its keys', () => {
    const known = routes();
    assert.ok(known.size > 20, 'the table was found');
    assert.deepEqual([...documented()].sort(), [...known].sort());
});

/** The document with every object closed: a field that is not in it is a fault. */
function strict() {
    const whole = JSON.parse(readFileSync(document));
    const close = (schema) => {
        if (schema?.properties && schema.additionalProperties === undefined) {
            schema.additionalProperties = false;
        }
        Object.values(schema ?? {}).filter((part) => typeof part === 'object').forEach(close);
    };
    Object.values(whole.components.schemas).forEach(close);
    return whole;
}

async function proxied(t, s) {
    const file = join(s.dir, 'openapi.json');
    const port = await freePort();
    writeFileSync(file, JSON.stringify(strict()));
    const prism = start(tool('prism'), ['proxy', '--errors', '-p', String(port), file, s.url]);
    t.after(() => prism.kill());
    await until('the proxy listens', () => prism.stdout.includes('is listening'), 60);
    return `http://127.0.0.1:${port}`;
}

const asked = new Set();
const skip = Number(process.versions.node.split('.')[0]) < 20 && 'SKIPPED: the proxy (prism) needs Node.js 20';

/** Asks through the proxy; a violation is a fault. */
async function held(proxy, path, status, options) {
    asked.add(`${options?.method ?? 'GET'} ${path.replace(/\?.*/, '')}`);
    const answer = await fetch(proxy + path, options);
    const text = await answer.text();
    assert.equal(answer.headers.get('sl-violations'), null, `${path}: ${answer.headers.get('sl-violations')}`);
    assert.equal(answer.status, status, `${path}: ${text.slice(0, 2000)}`);
    return text;
}

test('every answer is as the document says', { skip }, async (t) => {
    const s = await scene(t);
    const config = join(s.dir, 'isoscope.yaml');
    writeFileSync(config, 'http: {allow_actions: true}\nbudgets: [{name: small, match: "*", limit: 8MiB}]\n'
        + 'notify: [{kind: webhook, url: "http://127.0.0.1:1/"}]\n');
    await s.collector('--config', config);
    const pool = s.run('pooled.js');
    s.run('flows.js');
    await until('a budget is over and flows are seen', async () =>
        (await s.get('/api/v1/alerts')).alerts.length > 0 && (await s.get('/api/v1/flows')).flows.length > 3);
    const id = `${pool.pid}.1`;
    const proxy = await proxied(t, s);

    for (const what of ['gc', 'census', 'snapshot', 'profile?seconds=0.2', 'growth?jobs=2&seconds=20', 'recycle']) {
        const { action } = JSON.parse(await held(proxy, `/api/v1/isolates/${id}/${what}`, 202, { method: 'POST' }));
        await until(`${what} is over`, async () => {
            const state = JSON.parse(await held(proxy, `/api/v1/actions/${action}`, 200));
            return state.state === 'done' || state.state === 'failed';
        }, 60);
        if (what === 'snapshot') {
            await held(proxy, `/api/v1/actions/${action}/file`, 200);
        }
    }
    for (const what of ['attach', 'detach']) {
        await held(proxy, `/api/v1/processes/4194305/${what}`, 409, { method: 'POST' }); // no pid is as large; a 501 the proxy would replace
    }
    await until('the recycle is told', async () => (await s.get('/api/v1/recycles')).recycles.length > 0);
    const paths = [
        '/healthz', '/readyz', '/metrics', '/api/v1/openapi.json',
        '/api/v1/frame', '/api/v1/frame?isolates=all', '/api/v1/status',
        '/api/v1/processes', `/api/v1/processes/${pool.pid}`,
        '/api/v1/isolates?limit=2', `/api/v1/isolates?process=${pool.pid}&state=idle`, `/api/v1/isolates/${id}`,
        `/api/v1/isolates/${id}/jobs?limit=50`, '/api/v1/isolates/distribution?bins=5&px=5',
        '/api/v1/isolates/distribution?metric=heap.live&from=-30',
        '/api/v1/budgets', '/api/v1/budgets/small/history?px=20&top=2',
        '/api/v1/alerts', '/api/v1/alerts?state=firing', '/api/v1/advice', '/api/v1/stores', '/api/v1/flows?window=30',
        '/api/v1/events?limit=1000', '/api/v1/events?type=job&limit=5', '/api/v1/recycles',
        `/api/v1/history?of=isolate:${id}&metric=heap.used&from=-30`,
        '/api/v1/history?of=budget:small&metric=used&step=5',
    ];
    for (const path of paths) {
        await held(proxy, path, 200);
    }
    const silence = JSON.parse(await held(proxy, '/api/v1/silences?rule=budget:sm*&seconds=60&comment=known', 201, { method: 'POST' }));
    await held(proxy, '/api/v1/silences', 200);
    await held(proxy, `/api/v1/silences/${silence.id}`, 200, { method: 'DELETE' });
    await held(proxy, `/api/v1/silences?id=${silence.id}`, 404, { method: 'DELETE' });
    await held(proxy, '/api/v1/silences?rule=vibes', 400, { method: 'POST' });
    const wrong = [
        ['/api/v1/isolates/0.0', 404], ['/api/v1/processes/1', 404], ['/api/v1/actions/99', 404],
        ['/api/v1/budgets/none/history', 404], ['/api/v1/history?of=budget:none&metric=used', 404],
        ['/api/v1/isolates?cursor=none', 400], ['/api/v1/events?type=none', 400],
    ];
    for (const [path, status] of wrong) {
        await held(proxy, path, status);
    }
    // a stream never ends, so no proxy can judge it; the page's files are not the API
    const left = [...routes().keys()].filter((route) => route !== 'GET /api/v1/stream'
        && ![...asked].some((one) => new RegExp(`^${route.replaceAll('*', '[^/]+')}$`).test(one)));
    assert.deepEqual(left, [], 'every route was asked');
});
