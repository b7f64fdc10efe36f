'use strict';
/* Looks things up in one 80 MB table that all index workers share. */
var wt = require('worker_threads');
var table = new Int32Array(wt.workerData.shared);

wt.parentPort.on('message', function (job) {
    for (var i = 0; i < 1000; i++) {
        Atomics.add(table, (job.number * 1000 + i) % table.length, 1);
    }
    wt.parentPort.postMessage({ done: job.number });
});
