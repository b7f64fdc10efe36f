// A memory cgroup of version 1, isorun in it and a collector outside: what the checks of containers
// have in common.
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bin, freePort, start, until } from '../scenario/lib.mjs';

let groupCount = 0;

/** A group with a limit in bytes, below this process's own; null where none can be made. */
export function makeGroup(limit) {
    const line = readFileSync('/proc/self/cgroup', 'utf8').split('\n').find((one) => /^\d+:([^:]*,)?memory(,[^:]*)?:/.test(one));
    if (line === undefined) {
        return null;
    }
    const path = join('/sys/fs/cgroup/memory', line.split(':').slice(2).join(':'), `isoscope-check-${process.pid}-${++groupCount}`);
    try {
        mkdirSync(path);
        writeFileSync(join(path, 'memory.limit_in_bytes'), String(limit));
        return path;
    } catch {
        return null;
    }
}

export async function removeGroup(group) {
    await until('the group is empty', () => { rmdirSync(group); return true; }, 20);
}

/** A collector with `config`, and `isorun FLAGS tests/containers/SCRIPT` in `group` (null: in none).
 * close() ends all. */
export async function open(group, script, args, config, flags = []) {
    const dir = mkdtempSync(join(tmpdir(), 'isoscope-container.'));
    const port = await freePort();
    const socket = join(dir, 'collector.sock');
    writeFileSync(join(dir, 'config.yaml'), config);
    const daemon = start('isoscoped', ['--listen', `127.0.0.1:${port}`, '--socket', socket, '--state', join(dir, 'state'),
        '--config', join(dir, 'config.yaml')]);
    const get = async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).json();
    await until('the collector answers', () => get('/healthz'), 60);
    const program = start('/bin/sh', ['-c', `${group === null ? '' : `echo $$ > ${group}/cgroup.procs && `}exec "$@"`, 'sh',
        join(bin, 'isorun'), '--collector', socket, '--name', 'boxed', ...flags, join(resolve('tests/containers'), script),
        ...args.map(String)]);
    program.ended.then(() => { program.endedAt = Date.now() / 1000; });
    const close = async () => {
        for (const child of [program, daemon]) {
            if (child.child.exitCode === null && child.child.signalCode === null) {
                await child.kill();
            }
        }
        rmSync(dir, { recursive: true, force: true });
        if (group !== null) {
            await removeGroup(group);
        }
    };
    return { group, daemon, program, get, close };
}
