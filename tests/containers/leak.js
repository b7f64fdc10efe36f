'use strict';
/* A pool of six whose tasks keep something. Arguments: MB a second, `each` or `one` (whichever worker
 * gets a task, or one job name of six), `heap` or `external`, and the pool's `recycle` as JSON, or ''.
 * Twenty tasks a second and worker; what is behind is caught up. */
const { Pool } = require('isoscope:pool');
const [rate, spread, kind, recycle] = process.argv.slice(2);
const MB = 1 << 20;
const PER_SECOND = 120;
const limits = recycle ? { maxOldGenerationSizeMb: 64 } : undefined;
const pool = new Pool({
    filename: __dirname + '/leak-tasks.js', poolName: 'thumbs', minThreads: 6, maxThreads: 6,
    resourceLimits: limits, recycle: recycle ? JSON.parse(recycle) : undefined
});
const began = Date.now();
let made = 0, done = 0, failed = 0, kept = 0;

setInterval(() => {
    for (; made < (Date.now() - began) / 1000 * PER_SECOND; made++) {
        const leaks = spread === 'each' || made % 6 === 0;
        const bytes = leaks ? Math.floor(rate * MB / PER_SECOND * (spread === 'each' ? 1 : 6)) : 0;
        pool.run({ bytes, kind }, { job: leaks ? 'keep' : 'resize' })
            .then(() => { done++; kept += bytes; }, () => failed++);
    }
}, 10);
setInterval(() => console.log(JSON.stringify({ done, failed, kept, waiting: pool.queueSize })), 500);
