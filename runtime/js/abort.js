// AbortController and AbortSignal.
'use strict';

const errors = require('errors');
const events = require('event_target');
const DOMException = require('dom_exception').DOMException;
const CUSTOM = Symbol.for('nodejs.util.inspect.custom');
const STATE = Symbol('state');
const SIGNAL = Symbol('signal');

function hide(object, key, value) {
    Object.defineProperty(object, key, { value: value, writable: true, configurable: true });
}

function AbortSignal() {
    throw errors.coded(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
}

Object.setPrototypeOf(AbortSignal, events.EventTarget);
AbortSignal.prototype = Object.create(events.EventTarget.prototype, {
    constructor: { value: AbortSignal, writable: true, configurable: true }
});

function newSignal() {
    var signal = events.prepare(Object.create(AbortSignal.prototype));
    hide(signal, STATE, { isAborted: false, reason: undefined, dependants: [] });
    return signal;
}

function stateOf(signal) {
    if (signal === null || typeof signal !== 'object' || signal[STATE] === undefined) {
        throw errors.coded(TypeError, 'ERR_INVALID_THIS',
            'Value of "this" must be of type AbortSignal');
    }
    return signal[STATE];
}

function abort(signal, reason) {
    var state = signal[STATE];
    if (state.isAborted) {
        return;
    }
    state.isAborted = true;
    state.reason = reason;
    signal.dispatchEvent(events.trust(new events.Event('abort')));
    state.dependants.splice(0).forEach(function (one) { abort(one, reason); });
}

function aborted() {
    return new DOMException('This operation was aborted', 'AbortError');
}

function getter(name, read) {
    Object.defineProperty(AbortSignal.prototype, name, { enumerable: true, configurable: true,
        get: function () { return read(stateOf(this)); } });
}

getter('aborted', function (state) { return state.isAborted; });
getter('reason', function (state) { return state.reason; });
AbortSignal.prototype.throwIfAborted = function throwIfAborted() {
    if (stateOf(this).isAborted) {
        throw this[STATE].reason;
    }
};
events.handler(AbortSignal.prototype, 'abort');
Object.defineProperty(AbortSignal.prototype, Symbol.toStringTag,
    { value: 'AbortSignal', configurable: true });

function inspector(name, shown) {
    return { writable: true, configurable: true, value: function (depth, options) {
        if (typeof depth === 'number' && depth < 0) {
            return '[Object]';
        }
        return name + ' ' + require('inspect').inspect(shown(this), Object.assign({}, options,
            { depth: options.depth === null ? null : options.depth - 1 }));
    } };
}

Object.defineProperty(AbortSignal.prototype, CUSTOM, inspector('AbortSignal', function (signal) {
    return { aborted: signal.aborted };
}));

AbortSignal.abort = function abortStatic(reason) {
    var signal = newSignal();
    signal[STATE].isAborted = true;
    signal[STATE].reason = reason === undefined ? aborted() : reason;
    return signal;
};
Object.defineProperty(AbortSignal.abort, 'name', { value: 'abort' });

AbortSignal.timeout = function timeout(delay) {
    if (typeof delay !== 'number') {
        throw errors.invalidType('delay', 'of type number', delay);
    }
    if (Math.floor(delay) !== delay) {
        throw errors.outOfRange('delay', 'an integer', delay);
    }
    if (delay < 0 || delay > 4294967295) {
        throw errors.outOfRange('delay', '>= 0 && <= 4294967295', delay);
    }
    var signal = newSignal();
    require('timers').setTimeout(function () {
        abort(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    }, delay).unref();
    return signal;
};

AbortSignal.any = function any(signals) {
    if (!Array.isArray(signals)) {
        var list = signals !== null && typeof signals === 'object' ?
            require('iterate').list(signals) : undefined;
        if (list === undefined) {
            throw errors.invalidType('signals', 'an instance of Array', signals);
        }
        signals = list;
    }
    var result = newSignal();
    signals.forEach(function (signal, index) {
        if (signal === null || typeof signal !== 'object' || signal[STATE] === undefined) {
            throw errors.invalidType('signals[' + index + ']', 'an instance of AbortSignal', signal);
        }
    });
    for (var i = 0; i < signals.length; i++) {
        if (signals[i].aborted) {
            result[STATE].isAborted = true;
            result[STATE].reason = signals[i].reason;
            return result;
        }
    }
    signals.forEach(function (signal) { signal[STATE].dependants.push(result); });
    return result;
};

function AbortController() {
    if (!(this instanceof AbortController)) {
        throw new TypeError("Class constructor AbortController cannot be invoked without 'new'");
    }
    hide(this, SIGNAL, newSignal());
}

Object.defineProperty(AbortController.prototype, 'signal', { enumerable: true, configurable: true,
    get: function () {
        if (this[SIGNAL] === undefined) {
            throw errors.coded(TypeError, 'ERR_INVALID_THIS',
                'Value of "this" must be of type AbortController');
        }
        return this[SIGNAL];
    } });
AbortController.prototype.abort = function abortMethod(reason) {
    abort(this.signal, arguments.length === 0 || reason === undefined ? aborted() : reason);
};
Object.defineProperty(AbortController.prototype.abort, 'name', { value: 'abort' });
Object.defineProperty(AbortController.prototype, Symbol.toStringTag,
    { value: 'AbortController', configurable: true });
Object.defineProperty(AbortController.prototype, CUSTOM,
    inspector('AbortController', function (controller) { return { signal: controller.signal }; }));

exports.AbortController = AbortController;
exports.AbortSignal = AbortSignal;
