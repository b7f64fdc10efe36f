// events.once(), events.on() and the other functions of events beside EventEmitter itself. Loaded
// when one of them is used.
'use strict';

const errors = require('errors');
const EventEmitter = require('events');

function isTarget(value) {
    return value !== null && typeof value === 'object' && typeof value.addEventListener === 'function' &&
        typeof value.on !== 'function';
}

function listen(emitter, name, listener, isOnce) {
    if (isTarget(emitter)) {
        emitter.addEventListener(name, listener, { once: isOnce });
    } else if (emitter !== null && typeof emitter === 'object' && typeof emitter.on === 'function') {
        emitter[isOnce ? 'once' : 'on'](name, listener);
    } else {
        throw errors.invalidType('emitter', 'an instance of EventEmitter', emitter);
    }
}

function forget(emitter, name, listener) {
    if (isTarget(emitter)) {
        emitter.removeEventListener(name, listener);
    } else if (typeof emitter.removeListener === 'function') { // what only has on() is let be, as Node does
        emitter.removeListener(name, listener);
    }
}

function signalOf(options) {
    var signal = options ? options.signal : undefined;
    if (signal !== undefined && (signal === null || typeof signal !== 'object' || !('aborted' in signal))) {
        throw errors.invalidType('options.signal', 'an instance of AbortSignal', signal);
    }
    return signal;
}

exports.once = function (emitter, name, options) {
    return new Promise(function (resolve, reject) {
        var signal = signalOf(options);
        if (signal && signal.aborted) {
            throw errors.abortError(signal.reason);
        }
        function done() {
            forget(emitter, 'error', failed);
            if (signal) {
                signal.removeEventListener('abort', aborted);
            }
        }
        function happened() {
            done();
            resolve(Array.prototype.slice.call(arguments));
        }
        function failed(error) {
            forget(emitter, name, happened);
            done();
            reject(error);
        }
        function aborted() {
            forget(emitter, name, happened);
            done();
            reject(errors.abortError(signal.reason));
        }
        listen(emitter, name, happened, true);
        if (name !== 'error' && !isTarget(emitter)) {
            emitter.once('error', failed);
        }
        if (signal) {
            signal.addEventListener('abort', aborted, { once: true });
        }
    });
};

// An async iterator over what is emitted; what comes before it is asked for waits in a list.
exports.on = function (emitter, name, options) {
    var signal = signalOf(options);
    if (signal && signal.aborted) {
        throw errors.abortError(signal.reason);
    }
    var values = [];
    var waiting = [];
    var failure = null;
    var isOver = false;
    var ends = (options && options.close) || [];
    function happened() {
        var args = Array.prototype.slice.call(arguments);
        if (waiting.length > 0) {
            waiting.shift().resolve({ value: args, done: false });
        } else {
            values.push(args);
        }
    }
    function failed(error) {
        if (waiting.length > 0) {
            waiting.shift().reject(error);
        } else {
            failure = { error: error };
        }
        iterator.return();
    }
    function aborted() {
        failed(errors.abortError(signal.reason));
    }
    function close() {
        iterator.return();
    }
    var iterator = {
        next: function () {
            if (values.length > 0) {
                return Promise.resolve({ value: values.shift(), done: false });
            }
            if (failure !== null) {
                var error = failure.error;
                failure = null;
                return Promise.reject(error);
            }
            if (isOver) {
                return Promise.resolve({ value: undefined, done: true });
            }
            return new Promise(function (resolve, reject) {
                waiting.push({ resolve: resolve, reject: reject });
            });
        },
        return: function () {
            isOver = true;
            forget(emitter, name, happened);
            forget(emitter, 'error', failed);
            ends.forEach(function (end) { forget(emitter, end, close); });
            if (signal) {
                signal.removeEventListener('abort', aborted);
            }
            waiting.splice(0).forEach(function (one) { one.resolve({ value: undefined, done: true }); });
            return Promise.resolve({ value: undefined, done: true });
        },
        throw: function (error) {
            if (!(error instanceof Error)) {
                throw errors.invalidType('EventEmitter.AsyncIterator', 'an instance of Error', error);
            }
            failed(error);
        }
    };
    iterator[Symbol.asyncIterator] = function () { return iterator; };
    listen(emitter, name, happened, false);
    if (name !== 'error' && !isTarget(emitter)) {
        emitter.on('error', failed);
    }
    ends.forEach(function (end) { listen(emitter, end, close, false); });
    if (signal) {
        signal.addEventListener('abort', aborted, { once: true });
    }
    return iterator;
};

exports.getEventListeners = function (emitter, name) {
    if (typeof emitter.listeners === 'function') {
        return emitter.listeners(name);
    }
    if (isTarget(emitter)) {
        return require('event_target').listeners(emitter, name);
    }
    throw errors.invalidType('emitter', 'an instance of EventEmitter or EventTarget', emitter);
};

exports.getMaxListeners = function (emitter) {
    return typeof emitter.getMaxListeners === 'function' ? emitter.getMaxListeners() :
        EventEmitter.defaultMaxListeners;
};

exports.setMaxListeners = function (count) {
    if (count !== undefined && typeof count !== 'number') {
        throw errors.invalidType('setMaxListeners', 'of type number', count);
    }
    var targets = Array.prototype.slice.call(arguments, 1);
    if (targets.length === 0) {
        EventEmitter.defaultMaxListeners = count;
    }
    targets.forEach(function (target) {
        if (typeof target.setMaxListeners === 'function') {
            target.setMaxListeners(count);
        }
    });
};

exports.addAbortListener = function (signal, listener) {
    if (signal === undefined) {
        throw errors.invalidType('signal', 'an instance of AbortSignal', signal);
    }
    errors.requireFunction(listener, 'listener');
    if (signal.aborted) {
        queueMicrotask(listener);
    } else {
        signal.addEventListener('abort', listener, { once: true });
    }
    var disposable = {};
    if (Symbol.dispose) {
        disposable[Symbol.dispose] = function () { signal.removeEventListener('abort', listener); };
    }
    return disposable;
};
