// Atomics.waitAsync: the promises of waits that have begun. A wait keeps its memory, through `view`, and
// not its isolate alive.
'use strict';

const system = native('waits');
const timers = require('timers');
const NEVER = 1e15; // ms
const TIMER_MAX = 2147483647;

var waiting = Object.create(null); // number -> { view, settle, timer }

function settle(number, text) {
    var found = waiting[number];
    delete waiting[number];
    if (found.timer !== undefined) {
        timers.clearTimeout(found.timer);
    }
    found.settle(text);
}

function startTimer(number, ms) {
    waiting[number].timer = timers.setTimeout(function () {
        if (ms > TIMER_MAX) {
            startTimer(number, ms - TIMER_MAX);
        } else if (system.end(number)) {
            settle(number, 'timed-out');
        } // else its letter is on the way
    }, Math.min(ms, TIMER_MAX));
    waiting[number].timer.unref();
}

// The wait `number` has begun.
exports.begun = function (number, view, timeout) {
    var promise = new Promise(function (resolve) {
        waiting[number] = { view: view, settle: resolve, timer: undefined };
    });
    if (timeout < NEVER) {
        startTimer(number, Math.ceil(timeout));
    }
    return { async: true, value: promise };
};

// It was notified.
exports.woken = function (number) {
    system.end(number);
    if (waiting[number] !== undefined) {
        settle(number, 'ok');
    }
};
