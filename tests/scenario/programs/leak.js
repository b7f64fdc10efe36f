'use strict';
/* A worker that keeps about 200 KB of every job, beside one that keeps nothing. Its limit is far enough
 * off that the leak can be seen on the slowest machine. */
var wt = require('worker_threads');
var count = 0;
if (wt.isMainThread) {
    drive(new wt.Worker(__filename, { name: 'leaky', resourceLimits: { maxOldGenerationSizeMb: 2048 } }));
    drive(new wt.Worker(__filename, { name: 'clean', resourceLimits: { maxOldGenerationSizeMb: 128 } }));
} else {
    var kept = [];
    var isLeaky = null;
    wt.parentPort.on('message', function (message) {
        isLeaky = message.leaks;
        var made = 'result ' + message.n + ' ';
        while (made.length < 200000) { made += made; }
        if (isLeaky) { kept.push(made.substring(0, 200000)); }
    });
}
function drive(worker) {
    var leaks = count++ === 0;
    var n = 0;
    setInterval(function () { worker.postMessage({ leaks: leaks, n: n++ }); }, 40);
}
