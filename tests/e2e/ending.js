'use strict';
/* A worker with a heap that is worth a band of its own, which ends after some seconds. */
var wt = require('worker_threads');

if (wt.isMainThread) {
    new wt.Worker(__filename, { name: 'short-1' });
    setInterval(function () {}, 1000);
} else {
    var kept = [];
    for (var i = 0; i < 120000; i++) {
        kept.push({ number: i, text: 'entry ' + i + ' of those that are kept' });
    }
    setTimeout(function () { process.exit(kept.length ? 0 : 1); }, 6000);
}
