'use strict';
/* Handlers of recycling.js. */
const { workerData } = require('worker_threads');
const MiB = 1 << 20;
const kept = [];
const shared = workerData ? new Int32Array(workerData) : null;

function keep() {
    kept.push(String(kept.length % 10).repeat(MiB) + kept.length);
}
for (let i = shared ? Atomics.load(shared, 0) : 0; i > 0; i--) {
    keep();
}
exports.keep = (value) => {
    keep();
    if (shared) {
        Atomics.store(shared, 0, Math.max(Atomics.load(shared, 0), kept.length));
    }
    return value;
};
exports.resize = (value) => value;
