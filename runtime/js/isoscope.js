// isoscope: what only this runtime has.
'use strict';

const errors = require('errors');
const system = native('threads');

// Runs fn() as a job with a name of its own: its duration and the live heap after it are recorded, and
// drift is judged by name. Returns what fn returns.
exports.job = function (name, fn) {
    if (typeof name !== 'string') {
        throw errors.invalidType('name', 'of type string', name);
    }
    if (typeof fn !== 'function') {
        throw errors.invalidType('fn', 'of type function', fn);
    }
    return system.job(name, fn);
};

// ---- what is in the heap ----

const heap = native('v8');

// [name, count, bytes, name, ...] -> rows, largest first
function rowsOf(flat) {
    var rows = [];
    for (var i = 0; i < flat.length; i += 3) {
        rows.push({ name: flat[i], count: flat[i + 1], bytes: flat[i + 2] });
    }
    return rows.sort(function (a, b) { return b.bytes - a.bytes; });
}

// Collects, then counts everything by constructor (strings, functions and so on in parentheses).
exports.census = function census() {
    return rowsOf(heap.census(false));
};

// What grew (or shrank) from one census to another, most bytes first.
exports.grown = function grown(before, after) {
    var old = {};
    before.forEach(function (row) { old['$' + row.name] = row; });
    var rows = after.map(function (row) {
        var was = old['$' + row.name] || { count: 0, bytes: 0 };
        delete old['$' + row.name];
        return { name: row.name, count: row.count, bytes: row.bytes, countGrown: row.count - was.count,
            bytesGrown: row.bytes - was.bytes };
    });
    Object.keys(old).forEach(function (key) {
        var was = old[key];
        rows.push({ name: was.name, count: 0, bytes: 0, countGrown: -was.count, bytesGrown: -was.bytes });
    });
    return rows.filter(function (row) { return row.countGrown !== 0 || row.bytesGrown !== 0; })
        .sort(function (a, b) { return b.bytesGrown - a.bytesGrown; });
};

// From now on a census is taken with each collection behind a job, within the same share of time;
// the one of now is what they are compared with.
exports.watchCensus = function watchCensus() {
    return rowsOf(heap.census(true));
};

// What grew from then to the last job behind which there was a collection; null before there was one.
exports.jobGrowth = function jobGrowth() {
    var last = heap.jobCensus(false);
    return last === null ? null : exports.grown(rowsOf(heap.jobCensus(true)), rowsOf(last));
};

// Samples allocations, one for each `interval` bytes on average, and remembers where those that are
// still alive come from. stop(file) writes a .heapprofile for Chrome DevTools and tells its figures.
exports.heapProfile = {
    start: function start(options) {
        var interval = options === undefined || options === null || options.interval === undefined ? 524288 :
            options.interval;
        if (typeof interval !== 'number') {
            throw errors.invalidType('options.interval', 'of type number', interval);
        }
        if (!(interval >= 1 && interval <= 1e12)) {
            throw errors.outOfRange('options.interval', '>= 1 && <= 1000000000000', interval);
        }
        heap.startProfile(interval);
    },
    stop: function stop(file) {
        if (file !== undefined) {
            errors.requireString(file, 'file');
        }
        var figures = heap.stopProfile(file);
        return { samples: figures[0], taken: figures[1], lost: figures[2], live: figures[3] };
    }
};
