// Turns of the main thread's loop for which everything else had to wait, told by how late a timer came: at
// least so long, and up to LOOK_MS longer. What made the process itself wait (stopped, or without a processor
// while it slept) is none: the loop has to have been active meanwhile.
'use strict';

const { performance } = require('perf_hooks');
const { guard } = require('./guard.js');

const LOOK_MS = 100;
const BLOCK_MS = 100;
const ACTIVE = 0.8; // of that time

/** Calls tell(line) for each. The timer keeps nothing alive. */
function watchBlocks(tell) {
    let expected = performance.now() + LOOK_MS;
    let before = performance.eventLoopUtilization();
    setInterval(guard(() => {
        const t = performance.now(), late = t - expected;
        const now = performance.eventLoopUtilization();
        if (late >= BLOCK_MS && now.active - before.active >= ACTIVE * late) {
            tell({ type: 'block', thread: 0, t: Date.now() / 1000, op: 'turn', seconds: late / 1000 });
        }
        expected = t + LOOK_MS;
        before = now;
    }), LOOK_MS).unref();
}

module.exports = { watchBlocks };
