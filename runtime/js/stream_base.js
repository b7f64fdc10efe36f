// What all streams are (stream.js): how they are made, marked, and destroyed. What a stream knows of
// itself is in `_readableState` and `_writableState`.
'use strict';

const EventEmitter = require('events');
const errors = require('errors');
const HIGH_WATER = 16384; // bytes
const HIGH_WATER_OBJECTS = 16;

function inherit(Derived, Base) {
    Derived.prototype = Object.create(Base.prototype, {
        constructor: { value: Derived, writable: true, configurable: true }
    });
    Object.setPrototypeOf(Derived, Base);
}

function hide(object, name, value) {
    Object.defineProperty(object, name, { value: value, writable: true, configurable: true });
}

function Stream(options) {
    EventEmitter.call(this, options);
}
inherit(Stream, EventEmitter);

function markOf(options, isObjects, name) {
    var mark = options[name] !== undefined ? options[name] : options.highWaterMark;
    if (mark === undefined || mark === null) {
        return isObjects ? HIGH_WATER_OBJECTS : HIGH_WATER;
    }
    if (typeof mark !== 'number' || mark < 0 || Math.floor(mark) !== mark) {
        throw errors.invalidValue('options.highWaterMark', mark);
    }
    return mark;
}

// ---- destruction ----------------------------------------------------------------------------------

function finishDestroy(stream, error) {
    var states = [stream._readableState, stream._writableState].filter(Boolean);
    process.nextTick(function () {
        if (error && !states.some(function (state) { return state.errorEmitted; })) {
            states.forEach(function (state) { state.errorEmitted = true; });
            stream.emit('error', error);
        }
        states.forEach(function (state) { state.closed = true; });
        if (stream._emitClose !== false) {
            stream.emit('close');
        }
    });
}

function destroy(error) {
    var stream = this;
    var states = [stream._readableState, stream._writableState].filter(Boolean);
    if (states.some(function (state) { return state.destroyed; })) {
        return stream;
    }
    states.forEach(function (state) {
        state.destroyed = true;
        state.errored = error || state.errored;
    });
    stream._destroy(error || null, function (failure) {
        finishDestroy(stream, failure || error || null);
    });
    return stream;
}

// An error ends a stream, unless it was made not to destroy itself.
function fail(stream, error) {
    var state = stream._readableState || stream._writableState;
    if (state.autoDestroy) {
        stream.destroy(error);
    } else if (!state.errorEmitted) {
        state.errorEmitted = true;
        stream.emit('error', error);
    }
}

function premature(text) {
    return errors.coded(Error, 'ERR_STREAM_PREMATURE_CLOSE', text || 'Premature close');
}

// Both halves are over: a stream that may goes away.
function settle(stream) {
    var readable = stream._readableState;
    var writable = stream._writableState;
    if ((!readable || readable.endEmitted) && (!writable || writable.finished) &&
        (readable || writable).autoDestroy) {
        stream.destroy();
    }
}

function getters(prototype, field, names) {
    Object.keys(names).forEach(function (name) {
        Object.defineProperty(prototype, name, { configurable: true, enumerable: false,
            get: function () { return this[field] && names[name](this[field], this); },
            set: function () {} });
    });
}

function addAbortSignal(signal, stream) {
    function abort() {
        stream.destroy(errors.abortError(signal.reason));
    }
    if (signal.aborted) {
        abort();
    } else {
        signal.addEventListener('abort', abort);
    }
    return stream;
}

function sizeOf(state, chunk) {
    return state.objectMode ? 1 : chunk.length;
}

// Calls back once when the stream is over, with an error when it went away before it was.
function finished(stream, options, callback) {
    if (typeof options === 'function') {
        callback = options;
        options = {};
    }
    errors.requireFunction(callback, 'callback');
    options = options || {};
    var needsRead = stream._readableState && options.readable !== false && stream.readable !== false;
    var needsWrite = stream._writableState && options.writable !== false && stream.writable !== false;
    var isDone = false;
    function done(error) {
        if (!isDone) {
            isDone = true;
            cleanUp();
            callback.call(stream, error);
        }
    }
    function end() {
        needsRead = false;
        if (!needsWrite) {
            done();
        }
    }
    function finish() {
        needsWrite = false;
        if (!needsRead) {
            done();
        }
    }
    function close() {
        var error = stream.errored;
        done(error || (needsRead || needsWrite ? premature() : undefined));
    }
    function cleanUp() {
        stream.removeListener('end', end);
        stream.removeListener('finish', finish);
        stream.removeListener('error', done);
        stream.removeListener('close', close);
    }
    stream.on('end', end);
    stream.on('finish', finish);
    stream.on('error', done);
    stream.on('close', close);
    if (stream.closed || (!needsRead && !needsWrite)) {
        process.nextTick(close);
    }
    return cleanUp;
}

module.exports = {
    Stream: Stream, HIGH_WATER: HIGH_WATER, HIGH_WATER_OBJECTS: HIGH_WATER_OBJECTS, inherit: inherit,
    hide: hide, getters: getters, markOf: markOf, sizeOf: sizeOf, destroy: destroy, fail: fail,
    premature: premature, settle: settle, finished: finished, addAbortSignal: addAbortSignal
};
