'use strict';
/*
 * From `new Worker` to its first message, from terminate() of a busy loop to 'exit', and from the last
 * allocation below a limit of 16 MB to 'error' (`kind` says of what: small objects or long arrays);
 * one after another. Runs on isorun and on Node.
 */
var wt = require('worker_threads');
var measure = require('./measure.js');

var HELLO = 'require("worker_threads").parentPort.postMessage(1);';
var BUSY = HELLO + 'for (;;) {}';
/* A clock that threads share, read after every few allocations: the last of them is what counts. */
var STAMP = 'var t = process.hrtime(); last[0] = t[0] * 1e6 + t[1] / 1e3;';
var GREEDY = 'var last = new Float64Array(require("worker_threads").workerData), keep = [];';
var FILLING = {
    small: GREEDY + 'for (var i = 0;; i++) { keep.push({ n: i, s: "x" + i }); if (i % 64 === 0) {' + STAMP + '} }',
    large: GREEDY + 'for (var i = 0;; i++) { keep.push(new Array(4096).fill(i + 0.5));' + STAMP + '}'
};

function summary(bench, values, kind) {
    measure.report({
        bench: bench, kind: kind, runs: values.length,
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

function oomOnce(kind, values) {
    return function (next) {
        var last = new Float64Array(new SharedArrayBuffer(8));
        var worker = new wt.Worker(FILLING[kind], {
            eval: true, workerData: last.buffer,
            resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 }
        });
        worker.once('error', function () { values.push(measure.now() - last[0]); });
        worker.once('exit', next);
    };
}

function oomOf(kind, done) {
    var values = [];
    series(10, oomOnce(kind, values), function () {
        summary('oom_to_error', values, kind);
        done();
    });
}

var starts = [], ends = [];
series(30, startOnce(starts), function () {
    summary('worker_start', starts);
    series(20, terminateOnce(ends), function () {
        summary('terminate_busy', ends);
        oomOf('small', function () {
            oomOf('large', function () {});
        });
    });
});
