'use strict';
/* argv[2] workers die of a 4 MiB limit, argv[3] at a time. Prints RSS on the way and stays alive. */
var wt = require('worker_threads');
var total = Number(process.argv[2]);
var width = Number(process.argv[3]);
var started = 0, errors = 0, exits = 0, wrong = 0;
var GREEDY = 'var keep = []; for (;;) { try { for (;;) { keep.push({ n: keep.length }); } } catch (e) {} }';

function next() {
    if (started === total) {
        return;
    }
    started++;
    var worker = new wt.Worker(GREEDY, {
        eval: true, name: 'greedy', resourceLimits: { maxOldGenerationSizeMb: 4 }
    });
    worker.on('error', function (error) {
        errors++;
        if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') {
            wrong++;
            console.log('wrong error: ' + error);
        }
    });
    worker.on('exit', function () {
        exits++;
        if (exits % 100 === 0 || exits === total) {
            console.log(JSON.stringify({
                exits: exits, errors: errors, wrong: wrong, rss: process.memoryUsage().rss
            }));
        }
        next();
    });
}
for (var i = 0; i < width; i++) {
    next();
}
setInterval(function () {}, 1000);
