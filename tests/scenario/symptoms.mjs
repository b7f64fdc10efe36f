// A program with a trouble and another beside it that does the same without, under one collector.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, programs, scene, until } from './lib.mjs';

/** The symptom's program and its control, with the rule's changes to the configuration. */
export async function beside(t, script, control, { text = '', cpu = false, more = [], flags = [] } = {}) {
    const s = await scene(t);
    const file = join(s.dir, 'rules.yaml');
    s.flag = join(s.dir, 'cured');
    writeFileSync(file, `tick: {interval: 100ms}\n${text}`);
    s.daemon = await s.collector('--config', file);
    const files = more.map((name) => join(s.dir, name));
    const run = (name, argument) => s.start(...(cpu ? ['/usr/bin/taskset', ['-c', '0', join(bin, 'isorun'),
        ...flags, '--collector', s.socket, '--name', name, join(programs, 'rules', script), argument, ...files]] : ['isorun',
        [...flags, '--collector', s.socket, '--name', name, join(programs, 'rules', script), argument, ...files]]));
    s.control = run('control', control);
    s.program = run('test', s.flag);
    s.list = async (rule) => (await s.get('/api/v1/advice')).advice.filter((one) => one.rule === rule);
    s.advice = (rule, state) => until(`${rule} ${state}`, async () =>
        (await s.list(rule)).find((one) => one.state === state && s.isOf(one, s.program)), 120);
    s.isOf = (advice, program) => new RegExp(`\\b${program.pid}\\b`).test(advice.id);
    s.cure = async (rule) => {
        writeFileSync(s.flag, '');
        const cured = await s.advice(rule, 'resolved');
        assert.deepEqual((await s.list(rule)).filter((one) => s.isOf(one, s.control)), [], 'nothing of the control');
        return cured;
    };
    return s;
}
