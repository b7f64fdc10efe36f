// setTimeout, setInterval, setImmediate. When a timer is due is kept by the natives (a heap of due
// times); here is what it calls. The loop calls fire() for one due Timeout, fireImmediate() for one
// Immediate, each followed by the ticks.
'use strict';

const errors = require('errors');
const ticks = require('ticks');
const timers = native('timers');
const TIMEOUT_MAX = 2147483647;

// ---- timeouts -----------------------------------------------------------------------------------

function delay(ms) {
    ms = Number(ms);
    if (ms > TIMEOUT_MAX) {
        process.emitWarning(ms + ' does not fit into a 32-bit signed integer.\n' +
            'Timeout duration was set to 1.', 'TimeoutOverflowWarning');
        return 1;
    }
    return ms >= 1 ? Math.trunc(ms) : 1;
}

function Timeout(callback, ms, args, isRepeated) {
    this._idleTimeout = delay(ms);
    this._onTimeout = ticks.bound(callback);
    this._timerArgs = args;
    this._repeat = isRepeated ? this._idleTimeout : null;
    this._destroyed = false;
    this._isRef = true;
    this._number = 0;
    this._number = timers.start(this, 0, this._idleTimeout, true);
}

Timeout.prototype.ref = function ref() {
    this._isRef = true;
    timers.reference(this._number, true);
    return this;
};

Timeout.prototype.unref = function unref() {
    this._isRef = false;
    timers.reference(this._number, false);
    return this;
};

Timeout.prototype.hasRef = function hasRef() {
    return this._isRef;
};

Timeout.prototype.refresh = function refresh() {
    if (!this._destroyed || this._number !== 0) {
        this._number = timers.start(this, this._number, this._idleTimeout, this._isRef);
    }
    return this;
};

Timeout.prototype.close = function close() {
    clearTimeout(this);
    return this;
};

Timeout.prototype[Symbol.toPrimitive] = function () {
    return this._number;
};

function fire(timeout) {
    if (!timeout || typeof timeout._onTimeout !== 'function') {
        return;
    }
    try {
        timeout._onTimeout.apply(timeout, timeout._timerArgs || []);
    } finally {
        if (timeout._repeat !== null && !timeout._destroyed) {
            timeout.refresh();
        } else {
            timers.settle(timeout._number);
        }
    }
}

function rest(args) {
    return args.length > 2 ? Array.prototype.slice.call(args, 2) : undefined;
}

function setTimeout(callback, ms) {
    errors.requireFunction(callback, 'callback');
    return new Timeout(callback, ms, rest(arguments), false);
}

function setInterval(callback, ms) {
    errors.requireFunction(callback, 'callback');
    return new Timeout(callback, ms, rest(arguments), true);
}

function clearTimeout(timer) {
    if (typeof timer === 'number' || typeof timer === 'string') {
        timer = timers.get(Number(timer));
    }
    if (timer instanceof Timeout) {
        timers.stop(timer._number);
        timer._destroyed = true;
        timer._number = 0;
        timer._onTimeout = null;
    }
}

// ---- immediates ---------------------------------------------------------------------------------

var queue = []; // added since the loop last came by
var batch = []; // what the loop is running
var waiting = 0;
var refs = 0;

function count(immediates, references) {
    waiting += immediates;
    refs += references;
    timers.immediates(waiting, refs);
}

function Immediate(callback, args) {
    this._onImmediate = ticks.bound(callback);
    this._argv = args;
    this._destroyed = false;
    this._isRef = true;
    queue.push(this);
    count(1, 1);
}

Immediate.prototype.ref = function ref() {
    if (!this._isRef && !this._destroyed) {
        count(0, 1);
    }
    this._isRef = true;
    return this;
};

Immediate.prototype.unref = function unref() {
    if (this._isRef && !this._destroyed) {
        count(0, -1);
    }
    this._isRef = false;
    return this;
};

Immediate.prototype.hasRef = function hasRef() {
    return this._isRef && !this._destroyed;
};

function settle(immediate) {
    immediate._destroyed = true;
    count(-1, immediate._isRef ? -1 : 0);
}

// Runs the next immediate of the batch; the first call of a turn makes what has gathered the batch.
function fireImmediate(isFirst) {
    if (isFirst && queue.length > 0) {
        batch = batch.concat(queue);
        queue = [];
    }
    while (batch.length > 0) {
        var immediate = batch.shift();
        if (!immediate._destroyed) {
            settle(immediate);
            immediate._onImmediate.apply(immediate, immediate._argv || []);
            return;
        }
    }
}

function setImmediate(callback) {
    errors.requireFunction(callback, 'callback');
    return new Immediate(callback,
        arguments.length > 1 ? Array.prototype.slice.call(arguments, 1) : undefined);
}

function clearImmediate(immediate) {
    if (immediate instanceof Immediate && !immediate._destroyed) {
        settle(immediate);
    }
}

timers.callbacks(fire, fireImmediate);

exports.setTimeout = setTimeout;
exports.clearTimeout = clearTimeout;
exports.setInterval = setInterval;
exports.clearInterval = clearTimeout;
exports.setImmediate = setImmediate;
exports.clearImmediate = clearImmediate;
Object.defineProperty(exports, 'promises', { enumerable: true, configurable: true,
    get: function () { return require('timers_promises'); } });
['setTimeout', 'setImmediate'].forEach(function (name) {
    Object.defineProperty(exports[name], Symbol.for('nodejs.util.promisify.custom'), {
        enumerable: true, get: function () { return require('timers_promises')[name]; } });
});
