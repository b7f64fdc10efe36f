'use strict';
/*
 * A working program: four workers that answer messages and allocate. Prints how long it took; run
 * with and without a collector it says what being watched costs.
 */
var wt = require('worker_threads');
var measure = require('./measure.js');

var MESSAGES = 4000;
var WORKERS = 4;

function work() {
    wt.parentPort.on('message', function (message) {
        var list = [];
        for (var i = 0; i < 100; i++) {
            list.push({ id: i, name: 'n' + i, of: message.n });
        }
        wt.parentPort.postMessage({ n: message.n, size: list.length });
    });
}

function drive() {
    var from = measure.now();
    var left = WORKERS;
    for (var i = 0; i < WORKERS; i++) {
        one(new wt.Worker(__filename));
    }
    function one(worker) {
        var n = 0;
        worker.on('message', function () {
            if (++n < MESSAGES) {
                worker.postMessage({ n: n, text: 'some text to carry along' });
                return;
            }
            worker.terminate();
            if (--left === 0) {
                measure.report({
                    bench: 'load', messages: WORKERS * MESSAGES,
                    us_per_message: measure.round((measure.now() - from) / (WORKERS * MESSAGES))
                });
            }
        });
        worker.postMessage({ n: 0 });
    }
}

if (wt.isMainThread) {
    drive();
} else {
    work();
}
