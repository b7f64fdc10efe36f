'use strict';
/*
 * Shared by the benchmarks that run alike on isorun and on Node: a clock all threads share, order
 * statistics and one JSON line per result.
 */

/* Microseconds, CLOCK_MONOTONIC. */
exports.now = function () {
    var t = process.hrtime();
    return t[0] * 1e6 + t[1] / 1e3;
};

exports.percentile = function (values, share) {
    var sorted = values.slice().sort(function (a, b) { return a - b; });
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
};

exports.round = function (value) {
    return Math.round(value * 100) / 100;
};

exports.runtime = process.versions.isoscope ? 'isorun' : 'node';

exports.report = function (result) {
    result.runtime = exports.runtime;
    console.log(JSON.stringify(result));
};
