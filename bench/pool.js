'use strict';
/*
 * Tasks through a pool of two workers, microseconds a task: isoscope:pool here, piscina on Node, both
 * as they are by default. A task is a number and its handler returns it doubled, so that what is
 * measured is the pool. size: tasks in flight; with one, each waits for its answer.
 * Argument 1: where piscina is installed.
 */
const path = require('node:path');
const measure = require('./measure.js');

const Pool = measure.runtime === 'isorun' ? require('isoscope:pool') :
    require(path.join(process.argv[2], 'piscina')).Piscina;

async function lane(pool, state) {
    while (state.next < state.count) {
        await pool.run(state.next++);
    }
}

async function drive(pool, inFlight, count) {
    const state = { next: 0, count };
    const lanes = [];
    const started = measure.now();
    for (let i = 0; i < inFlight; i++) {
        lanes.push(lane(pool, state));
    }
    await Promise.all(lanes);
    return (measure.now() - started) / count;
}

async function main() {
    const filename = path.join(__dirname, 'pool_task.js');
    const pool = new Pool({ filename, minThreads: 2, maxThreads: 2 });
    for (const inFlight of [1, 64, 1024]) {
        const count = inFlight === 1 ? 4000 : 20000;
        const times = [await drive(pool, inFlight, count)];
        for (let round = 0; round < 3; round++) {
            times.push(await drive(pool, inFlight, count));
        }
        measure.report({ bench: 'pool', kind: 'tasks', size: inFlight,
            us_per_task: measure.round(Math.min(...times)) });
    }
    await pool.destroy();
}

main();
