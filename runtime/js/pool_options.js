// The options of a pool (pool.js): what Piscina says of those that are wrong, and what stands for those
// that were not given.
'use strict';

const queues = require('pool_queue');
const cpuCount = native('pool').cpus;

function filePath(filename) {
    return filename.slice(0, 7) === 'file://' ? decodeURIComponent(filename.slice(7)) : filename;
}

function requireOption(options, name, isGood, what) {
    var value = options[name];
    if (value !== undefined && !isGood(value)) {
        throw new TypeError('options.' + name + ' must be ' + what);
    }
}

function atLeast(least) {
    return function (value) { return typeof value === 'number' && value >= least; };
}

function isTextOrNull(value) {
    return typeof value === 'string' || value === null;
}

function isObject(value) {
    return typeof value === 'object' && value !== null;
}

function check(options) {
    requireOption(options, 'filename', isTextOrNull, 'a string or null');
    requireOption(options, 'name', isTextOrNull, 'a string or null');
    requireOption(options, 'minThreads', atLeast(0), 'a non-negative integer');
    requireOption(options, 'maxThreads', atLeast(1), 'a positive integer');
    if (options.minThreads > options.maxThreads) {
        throw new RangeError('options.minThreads and options.maxThreads must not conflict');
    }
    requireOption(options, 'idleTimeout', atLeast(0), 'a non-negative integer');
    requireOption(options, 'maxQueue', function (value) {
        return value === 'auto' || atLeast(0)(value);
    }, 'a non-negative integer');
    requireOption(options, 'concurrentTasksPerWorker', atLeast(1), 'a positive integer');
    requireOption(options, 'resourceLimits', isObject, 'an object');
    requireOption(options, 'taskQueue', queues.isTaskQueue, 'a TaskQueue object');
    requireOption(options, 'closeTimeout', atLeast(0), 'a non-negative integer');
    requireOption(options, 'poolName', function (value) { return typeof value === 'string'; },
        'a string');
    requireOption(options, 'recycle', isObject, 'an object');
}

function baseName(file) {
    return file.slice(file.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
}

function settle(given) {
    var cpus = cpuCount();
    var options = {
        filename: null, name: 'default', minThreads: Math.max(Math.floor(cpus / 2), 1),
        maxThreads: cpus * 1.5, idleTimeout: 0, maxQueue: Infinity, concurrentTasksPerWorker: 1,
        closeTimeout: 30000, recordTiming: true
    };
    Object.keys(given).forEach(function (name) {
        if (given[name] !== undefined) {
            options[name] = given[name];
        }
    });
    if (given.maxThreads !== undefined && options.minThreads >= given.maxThreads) {
        options.minThreads = given.maxThreads;
    }
    if (given.minThreads !== undefined && options.maxThreads <= given.minThreads) {
        options.maxThreads = given.minThreads;
    }
    if (given.maxQueue === 'auto') {
        options.maxQueue = options.maxThreads * options.maxThreads;
    }
    options.filename = options.filename === null ? null : filePath(options.filename);
    options.name = options.name === null ? 'default' : options.name;
    if (options.poolName === undefined) {
        options.poolName = options.filename === null ? 'pool' : baseName(options.filename);
    }
    return options;
}

exports.filePath = filePath;
exports.baseName = baseName;
exports.check = check;
exports.settle = settle;
