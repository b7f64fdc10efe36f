// What runs between two callbacks of the loop: process.nextTick callbacks until there are none, then
// the engine's microtasks, and so on until both are empty. The loop calls drain() while ticks wait.
'use strict';

const errors = require('errors');
const hooks = native('ticks');
const tasks = native('tasks');

const queue = [];
const followers = [];
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
    queue.push({ callback: exports.bound(callback),
        args: Array.prototype.slice.call(arguments, 1) });
    if (!isAnnounced) {
        isAnnounced = true;
        hooks.wait(true);
    }
};

exports.queueMicrotask = function queueMicrotask(callback) {
    errors.requireFunction(callback, 'callback');
    tasks.queue(callback);
};

module.open = function () { // the loop is the isolate's
    hooks.callback(drain);
};

// ---- contexts of async_hooks ----------------------------------------------------------------------

// What the loop calls later runs in the context in which it was asked for: once async_hooks.js is
// loaded, bound() wraps callbacks.
exports.bound = function (callback) {
    return callback;
};

function inContext(callback) {
    var context = tasks.context();
    return function () {
        var before = tasks.context();
        tasks.setContext(context);
        try {
            return callback.apply(this, arguments);
        } finally {
            tasks.setContext(before);
        }
    };
}

// Calls `ready` when that is so, or at once.
exports.isFollowing = false;
exports.whenFollowing = function (ready) {
    if (exports.isFollowing) {
        ready();
    } else {
        followers.push(ready);
    }
};

exports.follow = function () {
    exports.bound = inContext;
    exports.isFollowing = true;
    followers.forEach(function (ready) { ready(); });
};

// The function, called in the context of its argument number `index`.
exports.inContextOf = function (index, callback) {
    return function () {
        var before = tasks.context();
        var target = arguments[index];
        tasks.setContext(target !== null && typeof target === 'object' ? target._context : undefined);
        try {
            return callback.apply(this, arguments);
        } finally {
            tasks.setContext(before);
        }
    };
};

// What calls back by itself is heard in the context that makes it.
exports.keepContext = function (target) {
    if (exports.isFollowing) {
        Object.defineProperty(target, '_context', { value: tasks.context() });
    }
};
