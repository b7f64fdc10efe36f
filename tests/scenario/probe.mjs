// What scenarios with isoprobe need: whether the machine lets BPF programs in, and Node.js programs
// that do as they are told.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bin, programs, until } from './lib.mjs';

/** Why probes cannot be tested here; false when they can. */
export function refusal() {
    const isoprobe = join(bin, 'isoprobe');
    if (!existsSync(isoprobe)) {
        return 'isoprobe was not built: clang, bpftool or libbpf-dev is missing';
    }
    const check = spawnSync(isoprobe, ['--check'], { encoding: 'utf8' });
    return check.status === 0 ? false : check.stderr.trim();
}

/** The Node.js programs that are there to be watched: name and path. `make check-probes` brings and asks for
 * all of them. */
export function nodes() {
    const others = [['Node.js of the PATH, stripped', 'stripped/node'], ['Node.js 22', 'node-22/node_modules/node/bin/node'],
        ['Node.js 22, stripped', 'stripped/node-22']].map(([name, path]) => [name, resolve('build/npm', path)]);
    const isThere = ([, path]) => process.env.ISOSCOPE_NODES === 'all' || existsSync(path);
    return [['Node.js of the PATH', process.execPath], ...others.filter(isThere)];
}

/** A Node.js that runs a program of tests/scenario/programs and answers lines with JSON lines. */
export async function obedient(scene, node, script, ...args) {
    const self = scene.start(node, ['--expose-gc', resolve(programs, script), ...args],
        { stdio: ['pipe', 'pipe', 'pipe'] });
    let taken = 0;
    self.ask = async (line) => {
        self.child.stdin.write(`${line}\n`);
        return self.next();
    };
    self.next = () => until('the program answers', () => {
        const lines = self.stdout.split('\n');
        return lines.length > taken + 1 && JSON.parse(lines[taken++]);
    });
    await self.next();
    return self;
}
