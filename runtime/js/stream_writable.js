// The half of a stream that is written to (stream.js): what cannot be written at once waits in
// `_writableState.buffer`.
'use strict';

const errors = require('errors');
const base = require('stream_base');
const Stream = base.Stream;
const hide = base.hide;
const markOf = base.markOf;
const sizeOf = base.sizeOf;
const destroy = base.destroy;
const fail = base.fail;
const settle = base.settle;
const addAbortSignal = base.addAbortSignal;

function Writable(options) {
    if (!(this instanceof Stream)) {
        return new Writable(options);
    }
    Stream.call(this, options);
    initWritable(this, options || {});
}
base.inherit(Writable, Stream);

function initWritable(stream, options) {
    var isObjects = !!(options.objectMode || options.writableObjectMode);
    hide(stream, '_writableState', { buffer: [], length: 0, objectMode: isObjects,
        highWaterMark: markOf(options, isObjects, 'writableHighWaterMark'), writing: false,
        corked: 0, needDrain: false, ending: false, ended: false, finished: false, destroyed: false,
        closed: false, errored: null, errorEmitted: false, isFinal: false, onFinished: [],
        autoDestroy: options.autoDestroy !== false, decodeStrings: options.decodeStrings !== false,
        defaultEncoding: options.defaultEncoding || 'utf8' });
    ['write', 'writev', 'final', 'destroy'].forEach(function (name) {
        if (typeof options[name] === 'function') {
            hide(stream, '_' + name, options[name]);
        }
    });
    if (options.emitClose === false) {
        hide(stream, '_emitClose', false);
    }
    if (options.signal && !stream._readableState) {
        addAbortSignal(options.signal, stream);
    }
}

const writable = Writable.prototype;

writable._write = function _write(chunk, encoding, callback) {
    if (this._writev) {
        this._writev([{ chunk: chunk, encoding: encoding }], callback);
        return;
    }
    throw errors.coded(Error, 'ERR_METHOD_NOT_IMPLEMENTED', 'The _write() method is not implemented');
};
writable._destroy = function _destroy(error, callback) { callback(error); };
writable.destroy = function (error) {
    var state = this._writableState;
    if (!state.destroyed && state.buffer.length > 0) {
        var waiting = state.buffer.splice(0);
        process.nextTick(function () {
            waiting.forEach(function (entry) {
                entry.callback(error || errors.coded(Error, 'ERR_STREAM_DESTROYED',
                    'Cannot call write after a stream was destroyed'));
            });
        });
    }
    return destroy.call(this, error);
};

function nothing() {}

function refusal(state, chunk) {
    if (chunk === null) {
        throw errors.coded(TypeError, 'ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
    }
    if (!state.objectMode && typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) {
        throw errors.invalidType('chunk',
            'of type string or an instance of Buffer, TypedArray, or DataView', chunk);
    }
    if (state.ending) {
        return errors.coded(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end');
    }
    return state.destroyed ? errors.coded(Error, 'ERR_STREAM_DESTROYED',
        'Cannot call write after a stream was destroyed') : null;
}

writable.write = function write(chunk, encoding, callback) {
    var state = this._writableState;
    if (typeof encoding === 'function') {
        callback = encoding;
        encoding = undefined;
    }
    callback = typeof callback === 'function' ? callback : nothing;
    var error = refusal(state, chunk);
    if (error !== null) {
        process.nextTick(callback, error);
        fail(this, error);
        return false;
    }
    encoding = encoding || state.defaultEncoding;
    if (!state.objectMode && typeof chunk === 'string' && state.decodeStrings) {
        chunk = require('buffer').Buffer.from(chunk, encoding);
        encoding = 'buffer';
    } else if (chunk instanceof Uint8Array && !state.objectMode) {
        encoding = 'buffer';
    }
    state.length += sizeOf(state, chunk);
    state.buffer.push({ chunk: chunk, encoding: encoding, callback: callback });
    var hasRoom = state.length < state.highWaterMark;
    state.needDrain = state.needDrain || !hasRoom;
    work(this);
    return hasRoom && !state.destroyed && !state.errored;
};

// Hands the next chunk down, unless one is under way.
function work(stream) {
    var state = stream._writableState;
    if (state.writing || state.corked > 0 || state.destroyed || state.buffer.length === 0) {
        return;
    }
    var entries = stream._writev && state.buffer.length > 1 ? state.buffer.splice(0) :
        [state.buffer.shift()];
    var isSync = true;
    state.writing = true;
    function done(error) {
        state.writing = false;
        entries.forEach(function (entry) { state.length -= sizeOf(state, entry.chunk); });
        if (isSync) {
            process.nextTick(written, stream, entries, error);
        } else {
            written(stream, entries, error);
        }
        if (!error) {
            work(stream);
        }
    }
    try {
        if (entries.length > 1) {
            stream._writev(entries, done);
        } else {
            stream._write(entries[0].chunk, entries[0].encoding, done);
        }
    } catch (error) {
        state.writing = false;
        isSync = false;
        throw error;
    }
    isSync = false;
}

function written(stream, entries, error) {
    var state = stream._writableState;
    if (!error && state.needDrain && state.length === 0 && !state.ending && !state.destroyed) {
        state.needDrain = false;
        stream.emit('drain');
    }
    entries.forEach(function (entry) { entry.callback(error || null); });
    if (error) {
        state.errored = error;
        fail(stream, error);
        return;
    }
    finishWritable(stream);
}

function finishWritable(stream) {
    var state = stream._writableState;
    if (!state.ending || state.isFinal || state.destroyed || state.length > 0 || state.writing) {
        return;
    }
    state.isFinal = true;
    function done(error) {
        if (error) {
            return fail(stream, error);
        }
        process.nextTick(function () {
            if (!state.destroyed || !state.errored) {
                state.finished = true;
                state.onFinished.splice(0).forEach(function (callback) { callback(); });
                stream.emit('finish');
                settle(stream);
            }
        });
        return undefined;
    }
    if (typeof stream._final === 'function') {
        stream._final(done);
    } else {
        done();
    }
}

writable.end = function end(chunk, encoding, callback) {
    var state = this._writableState;
    if (typeof chunk === 'function') {
        callback = chunk;
        chunk = undefined;
    } else if (typeof encoding === 'function') {
        callback = encoding;
        encoding = undefined;
    }
    if (chunk !== undefined && chunk !== null) {
        this.write(chunk, encoding);
    }
    state.corked = 0;
    if (typeof callback === 'function') {
        if (state.finished) {
            process.nextTick(callback, errors.coded(Error, 'ERR_STREAM_ALREADY_FINISHED',
                'Cannot call end after a stream was finished'));
        } else {
            state.onFinished.push(callback);
        }
    }
    if (!state.ending) {
        state.ending = true;
        work(this);
        finishWritable(this);
        state.ended = true;
    }
    return this;
};

writable.cork = function cork() {
    this._writableState.corked++;
};

writable.uncork = function uncork() {
    var state = this._writableState;
    if (state.corked > 0 && --state.corked === 0) {
        work(this);
    }
};

writable.setDefaultEncoding = function setDefaultEncoding(encoding) {
    require('buffer').requireKind(encoding);
    this._writableState.defaultEncoding = String(encoding).toLowerCase();
    return this;
};

const GETTERS = {
    destroyed: function (state) { return state.destroyed; },
    closed: function (state) { return state.closed; },
    errored: function (state) { return state.errored; },
    writable: function (state) { return !state.destroyed && !state.ending && !state.errored; },
    writableEnded: function (state) { return state.ending; },
    writableFinished: function (state) { return state.finished; },
    writableLength: function (state) { return state.length; },
    writableHighWaterMark: function (state) { return state.highWaterMark; },
    writableObjectMode: function (state) { return state.objectMode; },
    writableNeedDrain: function (state) { return state.needDrain && !state.destroyed && !state.ending; },
    writableCorked: function (state) { return state.corked; }
};
base.getters(writable, '_writableState', GETTERS);

module.exports = { Writable: Writable, init: initWritable, GETTERS: GETTERS };
