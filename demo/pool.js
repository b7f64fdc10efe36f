'use strict';
/*
 * A pool of three workers that make thumbnails. After five seconds one of them is told to follow the
 * catalogue, and keeps every thumbnail it makes from then on. It is told once: whoever takes its
 * place is clean.
 */
const path = require('path');
const { Pool } = require('isoscope:pool');

const pool = new Pool({
    filename: path.join(__dirname, 'pool-tasks.js'),
    poolName: 'thumbs',
    minThreads: 3,
    maxThreads: 3,
    resourceLimits: { maxOldGenerationSizeMb: 256 },
});
let number = 0;

function work() {
    pool.run(++number, { name: 'resize', job: 'resize' })
        .catch((error) => console.error(error.message))
        .finally(() => setTimeout(work, 60));
}

work();
work();
work();
setTimeout(() => pool.run(0, { name: 'follow' }), 5000);
