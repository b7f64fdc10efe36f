'use strict';
/* A pool that does the same again and again: figures change, states do not. Jobs, messages, a shared
 * store, some garbage. */
var wt = require('worker_threads');
var WORKERS = 5;

if (wt.isMainThread) {
    var shared = new SharedArrayBuffer(4 * 1024 * 1024);
    for (var i = 0; i < WORKERS; i++) {
        begin(i, shared);
    }
} else {
    wt.parentPort.on('message', function (job) {
        var work = [];
        for (var k = 0; k < 4000 + (job.number * 977) % 3000; k++) {
            work.push({ number: job.number, text: 'part ' + k });
        }
        wt.parentPort.postMessage({ number: job.number, parts: work.length });
    });
}

function begin(index, shared) {
    var worker = new wt.Worker(__filename, { name: 'even-' + index, workerData: shared,
        resourceLimits: { maxOldGenerationSizeMb: 64 } });
    var number = 0;
    setInterval(function () { worker.postMessage({ number: ++number }); }, 100 + 40 * index);
}
