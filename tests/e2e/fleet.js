'use strict';
/* More workers than anyone reads as lines: three pools, and one worker that keeps what it is sent. */
var wt = require('worker_threads');
var WORKERS = 70;
var KEPT_MOST = 1400; // pieces of about 130 KiB: it rises for minutes and then stands, below its limit

if (wt.isMainThread) {
    for (var i = 0; i < WORKERS; i++) {
        start(i);
    }
} else {
    var kept = [];
    wt.parentPort.on('message', function (number) {
        var work = [];
        for (var k = 0; k < 2000; k++) {
            work.push({ number: number, text: 'job ' + k + ' of ' + number });
        }
        if (wt.workerData === 3 && kept.length < KEPT_MOST) {
            kept.push(work.slice(0, 1000));
        }
    });
}

function start(index) {
    var pool = index % 10 < 6 ? 'edge' : index % 10 < 9 ? 'ssr' : 'cron';
    var worker = new wt.Worker(__filename, { name: pool + '-' + index, workerData: index,
        resourceLimits: { maxOldGenerationSizeMb: index === 3 ? 256 : 64 } });
    var number = 0;
    setInterval(function () { worker.postMessage(++number); }, index === 3 ? 250 : 2000);
}
