'use strict';
/* Three workers of a pool; one keeps a tile of every job, slowly enough to be looked at for minutes. */
var wt = require('worker_threads');
var TILE = 256 * 1024;
var text = new Array(TILE + 1024).join('t');
var tiles = [];

if (wt.isMainThread) {
    ['thumb-1', 'thumb-2', 'thumb-3'].forEach(function (name) {
        var worker = new wt.Worker(__filename, { name: name, workerData: name,
            resourceLimits: { maxOldGenerationSizeMb: 1024 } });
        var number = 0;
        setInterval(function () { worker.postMessage(++number); }, 200);
    });
} else {
    wt.parentPort.on('message', function (number) {
        if (wt.workerData === 'thumb-3') {
            cacheTile(number);
        }
    });
}

function cacheTile(number) {
    tiles.push({ number: number, pixels: (number + text).substring(0, TILE) });
}
