// What runs between two callbacks of the loop: process.nextTick first, then microtasks, until both
// queues are empty. The loop calls drain() after each callback while something waits.
'use strict';

const errors = require('errors');
const hooks = native('ticks');

const queues = { ticks: [], microtasks: [] };
var isAnnounced = false;

function announce() {
    if (!isAnnounced) {
        isAnnounced = true;
        hooks.wait(true);
    }
}

// Takes entries one by one, so that what follows a callback that throws is still there.
function run(name) {
    var list = queues[name];
    var next = 0;
    try {
        while (next < list.length) {
            var entry = list[next++];
            entry.callback.apply(undefined, entry.args);
        }
    } finally {
        list.splice(0, next);
    }
}

function drain() {
    while (queues.ticks.length > 0 || queues.microtasks.length > 0) {
        run('ticks');
        run('microtasks');
    }
    isAnnounced = false;
    hooks.wait(false);
}

exports.nextTick = function nextTick(callback) {
    errors.requireFunction(callback, 'callback');
    queues.ticks.push({ callback: callback, args: Array.prototype.slice.call(arguments, 1) });
    announce();
};

exports.queueMicrotask = function queueMicrotask(callback) {
    errors.requireFunction(callback, 'callback');
    queues.microtasks.push({ callback: callback, args: [] });
    announce();
};

hooks.callback(drain);

// What a callback that the loop calls later is wrapped in, when its context has to come along.
exports.bound = function (callback) {
    return callback;
};
