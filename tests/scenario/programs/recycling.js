'use strict';
/* A pool of three whose job "keep" holds on to 1 MiB each time; other jobs keep nothing. As "stubborn"
 * a fresh worker begins with as much as the last one had, so that replacing it frees nothing. */
const { Pool } = require('isoscope:pool');
const pool = new Pool({
    filename: __dirname + '/recycling-tasks.js', poolName: 'thumbs', minThreads: 3, maxThreads: 3,
    resourceLimits: { maxOldGenerationSizeMb: 256 },
    workerData: process.argv[2] === 'stubborn' ? new SharedArrayBuffer(4) : null,
});
let failed = 0;
function drive(name) {
    pool.run(1, { name, job: name }).catch(() => failed++).finally(() => setTimeout(drive, 30, name));
}
['keep', 'resize', 'resize'].forEach(drive);
setInterval(() => console.log(JSON.stringify({ failed })), 500).unref();
