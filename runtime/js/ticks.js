// What runs between two callbacks of the loop: process.nextTick callbacks until there are none, then
// the engine's microtasks, and so on until both are empty. The loop calls drain() while ticks wait.
'use strict';

const errors = require('errors');
const hooks = native('ticks');
const tasks = native('tasks');

const queue = [];
var isAnnounced = false;

// Takes entries one by one, so that what follows a callback that throws is still there.
function drain() {
    var next = 0;
    try {
        while (next < queue.length) {
            var entry = queue[next++];
            entry.callback.apply(undefined, entry.args);
        }
    } finally {
        queue.splice(0, next);
    }
    isAnnounced = false;
    hooks.wait(false);
}

exports.nextTick = function nextTick(callback) {
    errors.requireFunction(callback, 'callback');
    queue.push({ callback: callback, args: Array.prototype.slice.call(arguments, 1) });
    if (!isAnnounced) {
        isAnnounced = true;
        hooks.wait(true);
    }
};

exports.queueMicrotask = function queueMicrotask(callback) {
    errors.requireFunction(callback, 'callback');
    tasks.queue(callback);
};

hooks.callback(drain);

// What a callback that the loop calls later is wrapped in, when its context has to come along.
exports.bound = function (callback) {
    return callback;
};
