'use strict';
/*
 * From `new Worker` to its first message, from terminate() of a busy loop to 'exit', and from a limit
 * being hit to 'error'; one after another. Runs on isorun and on Node.
 */
var wt = require('worker_threads');
var measure = require('./measure.js');

var HELLO = 'require("worker_threads").parentPort.postMessage(1);';
var BUSY = HELLO + 'for (;;) {}';
var GREEDY = HELLO + 'var keep = []; for (;;) { keep.push({ n: keep.length, s: "x" + keep.length }); }';

function summary(bench, values) {
    measure.report({
        bench: bench, runs: values.length,
        p50_us: measure.round(measure.percentile(values, 0.5)),
        min_us: measure.round(measure.percentile(values, 0)),
        max_us: measure.round(measure.percentile(values, 1))
    });
}

/* Calls step(next) `count` times, then done(). */
function series(count, step, done) {
    if (count === 0) {
        done();
    } else {
        step(function () { series(count - 1, step, done); });
    }
}

function startOnce(values) {
    return function (next) {
        var from = measure.now();
        var worker = new wt.Worker(HELLO, { eval: true });
        worker.once('message', function () { values.push(measure.now() - from); });
        worker.once('exit', next);
    };
}

function terminateOnce(values) {
    return function (next) {
        var worker = new wt.Worker(BUSY, { eval: true });
        var from;
        worker.once('message', function () {
            setTimeout(function () { from = measure.now(); worker.terminate(); }, 5);
        });
        worker.once('exit', function () { values.push(measure.now() - from); next(); });
    };
}

function oomOnce(values) {
    return function (next) {
        var worker = new wt.Worker(GREEDY, {
            eval: true, resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 }
        });
        var from;
        worker.once('message', function () { from = measure.now(); });
        worker.once('error', function () { values.push(measure.now() - from); });
        worker.once('exit', next);
    };
}

var starts = [], ends = [], ooms = [];
series(30, startOnce(starts), function () {
    summary('worker_start', starts);
    series(20, terminateOnce(ends), function () {
        summary('terminate_busy', ends);
        series(10, oomOnce(ooms), function () {
            summary('oom_to_error', ooms);
        });
    });
});
