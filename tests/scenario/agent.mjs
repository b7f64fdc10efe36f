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
    s.node = (args, options = {}) => s.start(node, options.bare ? args : ['--require', agent, ...args],
        { env: { ...s.env, ...options.env }, cwd: s.dir });
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
