// timers/promises: the timers as promises, which an AbortSignal may end.
'use strict';

const errors = require('errors');
const timers = require('timers');

function checked(options) {
    if (options === null || typeof options !== 'object') {
        throw errors.invalidType('options', 'of type object', options);
    }
    var signal = options.signal;
    if (signal !== undefined && (signal === null || typeof signal !== 'object' || !('aborted' in signal))) {
        throw errors.invalidType('options.signal', 'an instance of AbortSignal', signal);
    }
    if (options.ref !== undefined && typeof options.ref !== 'boolean') {
        throw errors.invalidType('options.ref', 'of type boolean', options.ref);
    }
    return options;
}

// A promise that `start(resolve)` begins with a timer; `stop` clears it.
function waitFor(start, stop, value, options) {
    try {
        checked(options);
    } catch (error) {
        return Promise.reject(error);
    }
    var signal = options.signal;
    if (signal && signal.aborted) {
        return Promise.reject(errors.abortError(signal.reason));
    }
    return new Promise(function (resolve, reject) {
        function abort() {
            stop(timer);
            reject(errors.abortError(signal.reason));
        }
        var timer = start(function () {
            if (signal) {
                signal.removeEventListener('abort', abort);
            }
            resolve(value);
        });
        if (options.ref === false) {
            timer.unref();
        }
        if (signal) {
            signal.addEventListener('abort', abort);
        }
    });
}

function requireDelay(delay) {
    if (delay !== undefined && typeof delay !== 'number') {
        throw errors.invalidType('delay', 'of type number', delay);
    }
}

exports.setTimeout = function setTimeout(delay, value, options) {
    try {
        requireDelay(delay);
    } catch (error) {
        return Promise.reject(error);
    }
    return waitFor(function (done) { return timers.setTimeout(done, delay); }, timers.clearTimeout,
        value, options === undefined ? {} : options);
};

exports.setImmediate = function setImmediate(value, options) {
    return waitFor(timers.setImmediate, timers.clearImmediate, value,
        options === undefined ? {} : options);
};

// An async iterator; ticks nobody asked for yet are counted.
function Interval(delay, value, options) {
    var self = this;
    var signal = options.signal;
    self.value = value;
    self.waiting = null;
    self.due = 0;
    self.isOver = false;
    self.error = signal && signal.aborted ? errors.abortError(signal.reason) : null;
    if (self.error === null) {
        self.timer = timers.setInterval(function () {
            self.due++;
            self.pass();
        }, delay);
        if (options.ref === false) {
            self.timer.unref();
        }
    }
    if (signal) {
        signal.addEventListener('abort', function () {
            timers.clearInterval(self.timer);
            self.error = errors.abortError(signal.reason);
            self.pass();
        });
    }
}

Interval.prototype.pass = function () {
    var waiting = this.waiting;
    if (waiting === null) {
        return;
    }
    if (this.error !== null) {
        this.waiting = null;
        waiting.reject(this.error);
    } else if (this.due > 0) {
        this.waiting = null;
        this.due--;
        waiting.resolve({ value: this.value, done: false });
    }
};

exports.setInterval = function setInterval(delay, value, options) {
    requireDelay(delay);
    var interval = new Interval(delay, value, checked(options === undefined ? {} : options));
    var iterator = {
        next: function () {
            if (interval.isOver) {
                return Promise.resolve({ value: undefined, done: true });
            }
            return new Promise(function (resolve, reject) {
                interval.waiting = { resolve: resolve, reject: reject };
                interval.pass();
            });
        },
        return: function (result) {
            timers.clearInterval(interval.timer);
            interval.isOver = true;
            return Promise.resolve({ value: result, done: true });
        }
    };
    iterator[Symbol.asyncIterator] = function () { return iterator; };
    return iterator;
};

exports.scheduler = {
    wait: function (delay, options) {
        return exports.setTimeout(delay, undefined, options);
    },
    yield: function () {
        return exports.setImmediate();
    }
};
