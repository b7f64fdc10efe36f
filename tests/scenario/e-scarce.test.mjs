// What happens when the system gives no more: descriptors, threads, the standard streams.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { bin, isSanitized, scene, sleep, until } from './lib.mjs';

const shell = (command, ...args) => new Promise((done) => {
    execFile('sh', ['-c', command, 'sh', ...args], (error, stdout, stderr) =>
        done({ code: error ? error.code ?? error.signal : 0, stdout, stderr }));
});

function dial(where) {
    const socket = connect(where);
    const self = { socket, isOver: false };
    socket.on('error', () => {});
    socket.on('close', () => { self.isOver = true; });
    return self;
}

/** The text at a path, on a connection of its own that is closed afterwards. */
const read = (url) => new Promise((done, fail) => {
    get(url, { agent: false }, (answer) => {
        let text = '';
        answer.on('data', (data) => { text += data; });
        answer.on('end', () => done(text));
    }).on('error', fail);
});

/** Processor seconds a process has used. */
function cpuSeconds(pid) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
}

test('a collector without a free descriptor turns clients away, sleeps and recovers', async (t) => {
    const s = await scene(t);
    const collector = s.start('/bin/sh', ['-c', 'ulimit -n 40; exec "$0" "$@"',
        join(bin, 'isoscoped'), '--listen', `127.0.0.1:${s.port}`, '--socket', s.socket,
        '--state', join(s.dir, 'state')]);
    await until('the collector answers', async () => /ok/.test(await read(`${s.url}/healthz`)));
    const silent = Array.from({ length: 50 }, () => dial(s.socket));
    await until('descriptors are out', () => /accepting: Too many open files/.test(collector.stderr));
    const clients = Array.from({ length: 5 }, () => dial({ port: s.port, host: '127.0.0.1' }));
    await until('clients are turned away', () => clients.every((client) => client.isOver));
    assert.match(collector.stderr, /no descriptor is left, clients are turned away/);
    const before = cpuSeconds(collector.pid);
    await sleep(2);
    assert.ok(cpuSeconds(collector.pid) - before < 1, 'it sleeps while it waits');
    silent.forEach(({ socket }) => socket.destroy());
    await until('it serves again', async () => /ok/.test(await read(`${s.url}/healthz`)));
    assert.match(await read(`${s.url}/metrics`), /collector_http_refused_total [1-9]/);
});

test('programs whose standard streams are closed end as they should', async (t) => {
    const s = await scene(t);
    for (const closed of ['<&-', '>&-', '2>&-', '<&- >&-', '<&- >&- 2>&-']) {
        const script = `"$1" --collector "$2" -e 'process.exitCode = 3; console.log(1);` +
            ` console.error(2)' ${closed}`;
        const { code } = await shell(script, join(bin, 'isorun'), s.socket);
        assert.equal(code, 3, closed);
        assert.equal((await shell(`"$1" --help ${closed}`, join(bin, 'isoctl'))).code,
            0, closed);
    }
});

test('a collector without standard error writes its log into nothing that it opened', async (t) => {
    const s = await scene(t);
    s.start('/bin/sh', ['-c', 'exec "$0" "$@" <&- >&- 2>&-', join(bin, 'isoscoped'), '--listen',
        `127.0.0.1:${s.port}`, '--socket', s.socket, '--state', join(s.dir, 'state')]);
    await until('it answers', async () => (await fetch(`${s.url}/healthz`)).ok);
});

test('a worker that the system has no memory for is an error with a code', { skip: isSanitized },
    async (t) => {
        await scene(t);
        const program = 'var W = require("worker_threads").Worker; try { for (;;)' +
            ' new W("for(;;);", { eval: true }); } catch (e) { console.log(e.code, e.message); }' +
            ' process.exit(0)';
        const { code, stdout, stderr } = await shell(
            'ulimit -v 150000; exec "$1" --collector none -e "$2"', join(bin, 'isorun'), program);
        assert.equal(code, 0, stderr);
        assert.match(stdout, /^ERR_WORKER_INIT_FAILED Worker initialization failure: E\w+$/m);
    });
