'use strict';
/* A clean, noisy pool of four at a thousand jobs a second (argument: another number). */
const { Pool } = require('isoscope:pool');
const perSecond = Number(process.argv[2] || 1000);
const pool = new Pool({
    filename: __dirname + '/noisy-tasks.js', poolName: 'noisy', minThreads: 4, maxThreads: 4,
    resourceLimits: { maxOldGenerationSizeMb: 64 }
});
const began = Date.now();
let made = 0, done = 0, failed = 0;

function nameOf(number) {
    return number % 100 === 99 ? 'report' : number % 4 === 3 ? 'resize' : 'render';
}
setInterval(() => {
    for (; made < (Date.now() - began) / 1000 * perSecond && made - done - failed < 4 * perSecond; made++) {
        pool.run(made, { name: nameOf(made) }).then(() => done++, () => failed++);
    }
}, 5);
setInterval(() => console.log(JSON.stringify({ done, failed })), 500);
