// What scenarios of the Node agent share: a scene in which programs run under real Node, AGENT_NODE's or the
// one on PATH.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { scene } from './lib.mjs';

export const agent = resolve('agent/node');
export const node = process.env.AGENT_NODE ?? process.execPath;

/** A scene whose programs run under Node with the agent, quickly. */
export async function watched(t) {
    const s = await scene(t);
    s.env = { ...process.env, NODE_OPTIONS: undefined, ISOSCOPE_SOCKET: s.socket, ISOSCOPE_INTERVAL: '200',
        ISOSCOPE_DEBUG: '1' };
    /** Node with ARGS: `bare` without the agent, in a memory cgroup when `group` is one. */
    s.node = (args, { bare, env, group, ...options } = {}) => {
        const command = [node, ...(bare ? [] : ['--require', agent]), ...args];
        const boxed = ['/bin/sh', '-c', `echo $$ > ${group}/cgroup.procs && exec "$@"`, 'sh'];
        const [program, ...rest] = group ? [...boxed, ...command] : command;
        return s.start(program, rest, { env: { ...s.env, ...env }, cwd: s.dir, ...options });
    };
    s.file = (name, text) => {
        writeFileSync(join(s.dir, name), text);
        return join(s.dir, name);
    };
    /** The agent under its name. */
    s.package = () => {
        mkdirSync(join(s.dir, 'node_modules/@isoscope'), { recursive: true });
        symlinkSync(agent, join(s.dir, 'node_modules/@isoscope/agent'));
    };
    s.isolates = async (pid) => (await s.frame()).isolates.filter((i) => i.process === pid);
    s.isolate = async (id) => (await s.frame()).isolates.find((i) => i.id === id);
    return s;
}
