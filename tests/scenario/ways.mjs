// The three ways in which a Node.js program is watched: probes from outside, the agent inside, both at once.
// What is told must be the same isolates, each once.
import { resolve } from 'node:path';
import { watched } from './agent.mjs';
import { until } from './lib.mjs';
import { refusal } from './probe.mjs';

export const WAYS = ['probes', 'agent', 'both'];
export const modules = resolve('build/npm/watched/node_modules');

const lack = refusal();
/** Why this way cannot be tested here; false when it can. */
export const refused = (way) => (way === 'agent' ? false : lack);
export const sourcesOf = (way) => ({ probes: ['probe'], agent: ['agent'], both: ['probe', 'agent'] })[way];

/** A scene with a collector, in which watch(way, ARGS) runs Node.js watched that way. */
export async function scenery(t, config) {
    const s = await watched(t);
    await s.collector(...(config === undefined ? [] : ['--config', s.file('collector.yaml', config)]));
    s.probe = async (pid) => {
        const probe = s.start('isoprobe', ['--collector', s.socket, String(pid)]);
        await until(`probes in ${pid}`, async () => {
            if (probe.child.exitCode !== null) {
                throw new Error(`isoprobe ended: ${probe.stderr}`);
            }
            return (await s.get(`/api/v1/processes/${pid}`)).probed === true;
        }, 60);
        return probe;
    };
    s.watch = async (way, args, { ready = () => true, ...options } = {}) => {
        const program = s.node(args, { ...options, bare: way === 'probes' });
        await until('the program begins', () => ready(program), 60);
        if (way !== 'agent') {
            program.probe = await s.probe(program.pid);
        }
        return program;
    };
    return s;
}
