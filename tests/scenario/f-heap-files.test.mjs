// isoctl snapshot and profile against the real collector and runtime: idle, busy and stuck isolates,
// and what is said when it cannot be.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { scene, until } from './lib.mjs';

async function open(t, script = 'profiled.js', options = {}) {
    const s = await scene(t);
    const file = join(s.dir, 'allow.yaml');
    writeFileSync(file, 'http: {allow_actions: true}\n');
    await s.collector('--config', file);
    s.program = s.start('isorun', ['--collector', s.socket, '--name', 'test',
        new URL(`programs/${script}`, import.meta.url).pathname, s.dir], options);
    s.ctl = async (...args) => {
        const child = s.start('isoctl', ['--url', s.url, ...args]);
        const { code } = await child.ended;
        return { code, stdout: child.stdout, stderr: child.stderr };
    };
    s.find = (name) => until(`worker ${name}`, async () =>
        (await s.frame()).isolates.find((i) => i.name === name && i.heap.used > 0));
    return s;
}

function names(shot, name) {
    let count = 0;
    for (let i = 0; i < shot.nodes.length; i += 7) {
        count += shot.nodes[i] === 3 && shot.strings[shot.nodes[i + 1]] === name;
    }
    return count;
}

function read(path) {
    const shot = JSON.parse(readFileSync(path, 'utf8'));
    assert.equal(shot.nodes.length, shot.snapshot.node_count * 7);
    assert.equal(shot.edges.length, shot.snapshot.edge_count * 3);
    return shot;
}

test('a snapshot of an idle, of a busy and of the main isolate', async (t) => {
    const s = await open(t);
    for (const [name, constructor, count] of [['leaking', 'Leaked', 10000], ['spinning', 'Spun', 1],
        ['main', 'Worker', 2]]) {
        const file = join(s.dir, `${name}.heapsnapshot`);
        // the first may come before the program has made them
        await until(`${count} ${constructor} in ${name}`, async () => {
            const done = await s.ctl('snapshot', (await s.find(name)).id, '-o', file);
            assert.equal(done.code, 0, done.stderr);
            assert.equal(done.stdout, `${file}\n`);
            return names(read(file), constructor) >= count;
        });
    }
    assert.deepEqual(readdirSync(s.dir).filter((file) => file.endsWith('.part')), []);
    const gc = await s.ctl('gc', (await s.find('spinning')).id);
    assert.equal(gc.code, 0, gc.stderr);
});

test('an isolate that is stuck says so after a while', async (t) => {
    const s = await open(t, 'stuck.js');
    const file = join(s.dir, 'x');
    const started = Date.now();
    const done = await s.ctl('snapshot', (await s.find('stuck')).id, '-o', file);
    assert.equal(done.code, 1);
    assert.match(done.stderr, /safe point/);
    assert.ok(Date.now() - started < 55000, 'before the collector gives it up');
    assert.ok(!existsSync(file));
});

/** Bytes a node of a profile and all below it hold. */
function weigh(node) {
    return node.children.reduce((sum, child) => sum + weigh(child), node.selfSize);
}

const madeBy = (node) => node.children.reduce((sum, child) => sum + madeBy(child), node.allocatedSize);

test('a profile names the call site that keeps memory, of idle and busy isolates', async (t) => {
    const s = await open(t);
    for (const [name, site] of [['leaking', 'grow'], ['spinning', 'Spun']]) {
        const file = join(s.dir, `${name}.heapprofile`);
        await until(`${site} in ${name}`, async () => {
            const done = await s.ctl('profile', (await s.find(name)).id, '--seconds=1', '--interval=1024', '-o', file);
            assert.equal(done.code, 0, done.stderr);
            const profile = JSON.parse(readFileSync(file, 'utf8'));
            assert.equal(profile.head.callFrame.functionName, '(root)');
            const holding = (node) => node.callFrame.functionName === site && weigh(node) > 0 ||
                node.children.some(holding);
            assert.ok(madeBy(profile.head) >= weigh(profile.head)); // what is gone again counts too
            return profile.samples.length > 0 && holding(profile.head);
        });
    }
    const wrong = await s.ctl('profile', (await s.find('leaking')).id, '--seconds=0', '-o', join(s.dir, 'x'));
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /seconds/);
});

test('two at once, and an isolate that ends meanwhile', async (t) => {
    const s = await open(t, 'passing.js');
    const worker = await s.find('passing');
    const both = [1, 2].map((n) => s.ctl('profile', worker.id, '--seconds=60', '-o', join(s.dir, `${n}`)));
    const refused = await Promise.race(both); // told at once, while the other one is taken
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /already/);
    writeFileSync(join(s.dir, 'pass'), '');
    const [other] = (await Promise.all(both)).filter((one) => one !== refused);
    assert.equal(other.code, 1);
    assert.match(other.stderr, /ended while its profile was taken/);
});

test('a census says what grew', async (t) => {
    const s = await open(t);
    const worker = await s.find('leaking');
    const first = await s.ctl('census', worker.id);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /^KIND +COUNT +BYTES +GREW/);
    const second = await until('growth', async () => {
        const { rows } = JSON.parse((await s.ctl('--json', 'census', worker.id)).stdout);
        return rows.find((row) => row.name === 'Leaked' && row.count_grown >= 1000) && rows;
    });
    assert.ok(['Leaked', '(string)'].includes(second[0].name), second[0].name);
    assert.ok(second[0].bytes_grown > 100000);
});

test('what cannot be is told', async (t) => {
    const s = await open(t, 'profiled.js', { env: { ...process.env, TMPDIR: '/nonexistent' } });
    const worker = await s.find('leaking');
    const file = join(s.dir, 'x');
    const nobody = await s.ctl('snapshot', '9.9', '-o', file);
    assert.equal(nobody.code, 1);
    assert.match(nobody.stderr, /no isolate 9\.9/);
    const nowhere = await s.ctl('snapshot', worker.id, '-o', file);
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.stderr, /no file can be made in \/nonexistent/);
    const unsaid = await s.ctl('snapshot', worker.id);
    assert.equal(unsaid.code, 2);
    assert.match(unsaid.stderr, /-o FILE/);
    const action = await fetch(`${s.url}/api/v1/isolates/${worker.id}/gc`, { method: 'POST' });
    const { action: id } = await action.json();
    const none = await fetch(`${s.url}/api/v1/actions/${id}/file`);
    assert.equal(none.status, 404);
});

test('no room on the disk where it is written', { skip: !existsSync('/dev/full') }, async (t) => {
    const s = await open(t);
    const worker = await s.find('leaking');
    const full = await s.ctl('snapshot', worker.id, '-o', join(mkdtempSync(join(s.dir, 'd')), 'no', 'x'));
    assert.equal(full.code, 1);
    assert.match(full.stderr, /No such file/);
});
