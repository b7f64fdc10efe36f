// What every scenario needs: the real programs on a temporary socket and port, ended with the test,
// and waiting that is bounded in seconds.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

export const bin = resolve(process.env.ISOSCOPE_BIN ?? 'build/bin');
export const programs = resolve('tests/scenario/programs');
export const isSanitized = /address|thread/.test(bin);

/** Whether two figures of time agree: within 20 % where `make check-measures` asks for it; a machine that does
 * other work as well allows no more than that they are of a kind. */
export const isStrict = process.env.ISOSCOPE_STRICT === '1';
export const agree = (one, other) => Math.abs(one / other - 1) < (isStrict ? 0.2 : 0.6);

export const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

/** How many times as long as a quiet machine takes at most a slow one, at load, may take: a deadline is there
 * for a run that hangs, not to measure. */
const PATIENCE = isSanitized ? 12 : 6;

/** Calls `probe` until it returns something true; fails with `what` after `seconds`, and PATIENCE. */
export async function until(what, probe, seconds = 15) {
    const end = Date.now() + seconds * 1000 * PATIENCE;
    let last;
    for (;;) {
        try {
            const value = await probe();
            if (value) {
                return value;
            }
            last = undefined;
        } catch (error) {
            last = error;
        }
        if (Date.now() > end) {
            throw new Error(`not seen within ${seconds * PATIENCE} s: ${what}`, { cause: last });
        }
        await sleep(0.05);
    }
}

/** What `all` come to; meanwhile the process runs in gasps, so that it reads late and little at a time. Each
 * lasts until it had some of a processor, however long that is waited for. */
export async function gasping(pid, all) {
    const ran = () => Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]);
    let isOver = false;
    const done = Promise.all(all).finally(() => { isOver = true; });
    while (!isOver) {
        process.kill(pid, 'SIGSTOP');
        await sleep(0.015);
        const before = ran(), began = Date.now();
        process.kill(pid, 'SIGCONT');
        do {
            await sleep(0.003);
        } while (ran() - before < 200_000 && Date.now() - began < 100);
    }
    return done;
}

export function freePort() {
    return new Promise((done, fail) => {
        const server = createServer();
        server.on('error', fail);
        server.listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => done(port));
        });
    });
}

/** A child whose output is kept and whose end can be awaited. */
export function start(program, args, options = {}) {
    const child = spawn(isAbsolute(program) ? program : join(bin, program), args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const self = { child, pid: child.pid, stdout: '', stderr: '' };
    child.stdout.on('data', (data) => { self.stdout += data; });
    child.stderr.on('data', (data) => { self.stderr += data; });
    self.ended = new Promise((done) => child.on('close', (code, signal) => done({ code, signal })));
    self.kill = (signal = 'SIGKILL') => { child.kill(signal); return self.ended; };
    return self;
}

/** Fails the scenario when a program of ours printed what a sanitizer found in it. */
function mustBeSane({ stderr }) {
    const found = /^.*(AddressSanitizer|LeakSanitizer|ThreadSanitizer|MemorySanitizer|: runtime error: )[^]*/m.exec(stderr);
    if (found !== null) {
        throw new Error(`a sanitizer spoke:\n${found[0].slice(0, 4000)}`);
    }
}

/** A scratch directory with a collector's socket, state and port; `t.after` clears it all. */
export async function scene(t) {
    const dir = mkdtempSync(join(tmpdir(), 'isoscope-test.'));
    const children = [];
    const port = await freePort();
    const self = {
        dir, port, url: `http://127.0.0.1:${port}`, socket: join(dir, 'collector.sock'),
    };
    t.after(async () => {
        for (const child of children) {
            if (child.child.exitCode === null && child.child.signalCode === null) {
                await child.kill();
            }
        }
        rmSync(dir, { recursive: true, force: true });
        children.forEach(mustBeSane);
    });
    self.start = (program, args, options) => {
        const child = start(program, args, options);
        children.push(child);
        return child;
    };
    self.collector = async (...args) => {
        const child = self.start('isoscoped', ['--listen', `127.0.0.1:${port}`, '--socket',
            self.socket, '--state', join(dir, 'state'), ...args]);
        await until('the collector answers', async () => {
            if (child.child.exitCode !== null) {
                throw new Error(`isoscoped ended: ${child.stderr}`);
            }
            return (await fetch(`${self.url}/healthz`)).ok;
        });
        return child;
    };
    self.run = (script, ...args) => self.start('isorun',
        ['--collector', self.socket, '--name', 'test', join(programs, script), ...args]);
    self.get = async (path) => {
        const answer = await fetch(self.url + path);
        if (!answer.ok) {
            throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
        }
        return answer.json();
    };
    self.frame = () => self.get('/api/v1/frame?isolates=all');
    /** All events of a type, following the cursor. */
    self.events = async (type) => {
        const all = [];
        for (let since = 0; ;) {
            const page = await self.get(`/api/v1/events?type=${type}&since=${since}&limit=1000`);
            all.push(...page.events);
            if (page.events.length === 0 || page.next === since) {
                return all;
            }
            since = page.next;
        }
    };
    return self;
}
