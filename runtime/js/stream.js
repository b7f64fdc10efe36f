// stream: Readable, Writable, Duplex, Transform, PassThrough, pipeline and finished: small ones, with
// the events, back pressure and ends of Node's. What a stream knows of itself is in `_readableState`
// and `_writableState`.
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

// ---- Readable -------------------------------------------------------------------------------------

function Readable(options) {
    if (!(this instanceof Readable)) {
        return new Readable(options);
    }
    Stream.call(this, options);
    initReadable(this, options || {});
}
inherit(Readable, Stream);

function initReadable(stream, options) {
    var isObjects = !!(options.objectMode || options.readableObjectMode);
    hide(stream, '_readableState', { buffer: [], length: 0, objectMode: isObjects,
        highWaterMark: markOf(options, isObjects, 'readableHighWaterMark'), flowing: null,
        ended: false, endEmitted: false, reading: false, destroyed: false, closed: false,
        errored: null, errorEmitted: false, autoDestroy: options.autoDestroy !== false,
        decoder: null, encoding: null, isScheduled: false, needReadable: false, pipes: [],
        isSync: false });
    ['read', 'destroy', 'construct'].forEach(function (name) {
        if (typeof options[name] === 'function') {
            hide(stream, '_' + name, options[name]);
        }
    });
    if (options.encoding) {
        stream.setEncoding(options.encoding);
    }
    if (options.emitClose === false) {
        hide(stream, '_emitClose', false);
    }
    if (options.signal) {
        addAbortSignal(options.signal, stream);
    }
}

const readable = Readable.prototype;

readable._read = function _read() {
    throw errors.coded(Error, 'ERR_METHOD_NOT_IMPLEMENTED', 'The _read() method is not implemented');
};
readable._destroy = function _destroy(error, callback) { callback(error); };
readable.destroy = destroy;

function sizeOf(state, chunk) {
    return state.objectMode ? 1 : chunk.length;
}

function toChunk(state, chunk, encoding) {
    if (state.objectMode) {
        return chunk;
    }
    var Buffer = require('buffer').Buffer;
    if (typeof chunk === 'string') {
        if (state.decoder && state.encoding === (encoding || 'utf8')) {
            return chunk;
        }
        chunk = Buffer.from(chunk, encoding);
    } else if (chunk instanceof Uint8Array) {
        chunk = Buffer.isBuffer(chunk) ? chunk :
            Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    } else {
        throw errors.invalidType('chunk', 'of type string or an instance of Buffer or Uint8Array',
            chunk);
    }
    return state.decoder ? state.decoder.write(chunk) : chunk;
}

function add(stream, chunk, encoding, isFront) {
    var state = stream._readableState;
    if (chunk === null) {
        state.reading = false;
        endOfReadable(stream);
        return false;
    }
    state.reading = false;
    if (state.ended && !isFront) {
        fail(stream, errors.coded(Error, 'ERR_STREAM_PUSH_AFTER_EOF', 'stream.push() after EOF'));
        return false;
    }
    try {
        chunk = toChunk(state, chunk, encoding);
    } catch (error) {
        fail(stream, error);
        return false;
    }
    if (state.objectMode || chunk.length > 0) {
        state.buffer[isFront ? 'unshift' : 'push'](chunk);
        state.length += sizeOf(state, chunk);
    }
    schedule(stream);
    return state.length < state.highWaterMark || state.length === 0;
}

readable.push = function push(chunk, encoding) {
    return add(this, chunk, encoding, false);
};
readable.unshift = function unshift(chunk, encoding) {
    return add(this, chunk, encoding, true);
};

function endOfReadable(stream) {
    var state = stream._readableState;
    if (state.ended) {
        return;
    }
    state.ended = true;
    var rest = state.decoder ? state.decoder.end() : '';
    if (rest) {
        state.buffer.push(rest);
        state.length += rest.length;
    }
    schedule(stream);
}

// Data and ends are told on a tick of their own.
function schedule(stream) {
    var state = stream._readableState;
    if (!state.isScheduled) {
        state.isScheduled = true;
        process.nextTick(function () {
            state.isScheduled = false;
            advance(stream);
        });
    }
}

function ask(stream) {
    var state = stream._readableState;
    if (state.reading || state.ended || state.destroyed || state.length >= state.highWaterMark) {
        return;
    }
    state.reading = true;
    try {
        stream._read(state.highWaterMark);
    } catch (error) {
        fail(stream, error);
    }
}

function advance(stream) {
    var state = stream._readableState;
    while (state.flowing && !state.destroyed && state.buffer.length > 0) {
        var chunk = state.buffer.shift();
        state.length -= sizeOf(state, chunk);
        stream.emit('data', chunk);
    }
    if (state.destroyed) {
        return;
    }
    if (!state.flowing && stream.listenerCount('readable') > 0) {
        for (var before = -1; before !== state.length;) { // what comes at once is told as one
            before = state.length;
            ask(stream);
        }
    }
    if (!state.flowing && stream.listenerCount('readable') > 0 &&
        (state.buffer.length > 0 || (state.ended && !state.endEmitted))) {
        stream.emit('readable');
    }
    if (state.flowing || stream.listenerCount('readable') > 0) {
        finishReadable(stream);
        ask(stream);
    }
}

function finishReadable(stream) {
    var state = stream._readableState;
    if (state.ended && state.length === 0 && !state.endEmitted && !state.destroyed) {
        state.endEmitted = true;
        stream.emit('end');
        if (stream._writableState && stream.allowHalfOpen === false) {
            stream.end();
        }
        settle(stream);
    }
}

readable.read = function read(size) {
    var state = this._readableState;
    if (size === 0 || state.length === 0) {
        if (state.ended && state.length === 0) {
            var self = this;
            process.nextTick(function () { finishReadable(self); });
        } else {
            ask(this);
        }
        if (size === 0 || state.length === 0) {
            return null;
        }
    }
    var chunk = takeFrom(state, size);
    if (chunk !== null) {
        ask(this);
        this.emit('data', chunk);
    }
    if (state.ended && state.length === 0) {
        schedule(this);
        var stream = this;
        process.nextTick(function () { finishReadable(stream); });
    }
    return chunk;
};

// `size` of what is buffered, all of it when that is not given; null when there is less.
function takeFrom(state, size) {
    if (state.objectMode) {
        state.length--;
        return state.buffer.shift();
    }
    var all = state.buffer.length === 1 ? state.buffer[0] :
        typeof state.buffer[0] === 'string' ? state.buffer.join('') :
            require('buffer').Buffer.concat(state.buffer);
    if (size === undefined || size >= all.length) {
        if (size > all.length && !state.ended) {
            return null;
        }
        state.buffer = [];
        state.length = 0;
        return all;
    }
    state.buffer = [all.slice(size)];
    state.length = state.buffer[0].length;
    return all.slice(0, size);
}

readable.on = function on(name, listener) {
    Stream.prototype.on.call(this, name, listener);
    if (name === 'data' && this._readableState.flowing !== false) {
        this.resume();
    } else if (name === 'readable') {
        this._readableState.flowing = false;
        schedule(this);
    }
    return this;
};
readable.addListener = readable.on;

readable.resume = function resume() {
    var state = this._readableState;
    if (!state.flowing) {
        state.flowing = this.listenerCount('readable') === 0;
        this.emit('resume');
    }
    schedule(this);
    return this;
};

readable.pause = function pause() {
    if (this._readableState.flowing !== false) {
        this._readableState.flowing = false;
        this.emit('pause');
    }
    return this;
};

readable.isPaused = function isPaused() {
    return this._readableState.flowing === false;
};

readable.setEncoding = function setEncoding(encoding) {
    var StringDecoder = require('string_decoder').StringDecoder;
    var state = this._readableState;
    state.decoder = new StringDecoder(encoding);
    state.encoding = state.decoder.encoding;
    var text = state.buffer.map(function (chunk) { return state.decoder.write(chunk); }).join('');
    state.buffer = text === '' ? [] : [text];
    state.length = text.length;
    return this;
};

readable.pipe = function pipe(target, options) {
    var source = this;
    var isEnding = !options || options.end !== false;
    function data(chunk) {
        if (target.write(chunk) === false) {
            source.pause();
            target.once('drain', drain);
        }
    }
    function drain() {
        source.resume();
    }
    function end() {
        target.end();
    }
    var entry = { target: target, undo: function () {
        source.removeListener('data', data);
        source.removeListener('end', end);
        target.removeListener('drain', drain);
        target.removeListener('close', unpipe);
    } };
    function unpipe() {
        source.unpipe(target);
    }
    source._readableState.pipes.push(entry);
    source.on('data', data);
    if (isEnding && target !== process.stdout && target !== process.stderr) {
        source.once('end', end);
    }
    target.once('close', unpipe);
    target.emit('pipe', source);
    return target;
};

readable.unpipe = function unpipe(target) {
    var source = this;
    var state = source._readableState;
    state.pipes = state.pipes.filter(function (entry) {
        if (target !== undefined && entry.target !== target) {
            return true;
        }
        entry.undo();
        entry.target.emit('unpipe', source);
        return false;
    });
    if (state.pipes.length === 0) {
        source.pause();
    }
    return source;
};

function getters(prototype, field, names) {
    Object.keys(names).forEach(function (name) {
        Object.defineProperty(prototype, name, { configurable: true, enumerable: false,
            get: function () { return this[field] && names[name](this[field], this); },
            set: function () {} });
    });
}

getters(readable, '_readableState', {
    destroyed: function (state) { return state.destroyed; },
    closed: function (state) { return state.closed; },
    errored: function (state) { return state.errored; },
    readable: function (state) { return !state.destroyed && !state.endEmitted && !state.errored; },
    readableFlowing: function (state) { return state.flowing; },
    readableEnded: function (state) { return state.endEmitted; },
    readableLength: function (state) { return state.length; },
    readableHighWaterMark: function (state) { return state.highWaterMark; },
    readableObjectMode: function (state) { return state.objectMode; },
    readableEncoding: function (state) { return state.encoding; },
    readableAborted: function (state) { return (state.destroyed || !!state.errored) && !state.endEmitted; }
});

// An async iterator: one chunk at a time, the stream destroyed when the loop is left.
function iterate(stream) {
    var failure = null;
    var isOver = false;
    var waiting = null;
    function step() {
        if (waiting === null) {
            return;
        }
        var chunk = isOver || failure ? null : stream.read();
        var ask = waiting;
        if (chunk !== null) {
            waiting = null;
            ask.resolve({ value: chunk, done: false });
        } else if (failure !== null) {
            waiting = null;
            ask.reject(failure);
        } else if (isOver) {
            waiting = null;
            ask.resolve({ value: undefined, done: true });
        }
    }
    stream.on('readable', step);
    finished(stream, { writable: false }, function (error) {
        failure = error || null;
        isOver = true;
        step();
    });
    var iterator = {
        next: function () {
            return new Promise(function (resolve, reject) {
                waiting = { resolve: resolve, reject: reject };
                step();
            });
        },
        return: function (value) {
            stream.destroy();
            isOver = true;
            return Promise.resolve({ value: value, done: true });
        }
    };
    iterator[Symbol.asyncIterator] = function () { return iterator; };
    return iterator;
}

hide(readable, Symbol.asyncIterator, function () { return iterate(this); });
readable.iterator = function () { return iterate(this); };

readable.toArray = function toArray() {
    var list = [];
    var iterator = iterate(this);
    return (function next() {
        return iterator.next().then(function (step) {
            if (step.done) {
                return list;
            }
            list.push(step.value);
            return next();
        });
    })();
};

Readable.from = function from(iterable, options) {
    var isText = typeof iterable === 'string' || iterable instanceof Uint8Array;
    var iterator = isText ? [iterable] : iterable;
    iterator = typeof iterator[Symbol.asyncIterator] === 'function' ?
        iterator[Symbol.asyncIterator]() : require('iterate').iterator(iterator);
    var isReading = false;
    var stream = new Readable(Object.assign({ objectMode: true, highWaterMark: 1 }, options));
    stream._read = function () {
        if (isReading) {
            return;
        }
        isReading = true;
        Promise.resolve().then(function () { return iterator.next(); }).then(function (step) {
            return step.done ? step : Promise.resolve(step.value).then(function (value) {
                return { value: value, done: false };
            });
        }).then(function (step) {
            isReading = false;
            stream.push(step.done ? null : step.value);
        }, function (error) { stream.destroy(error); });
    };
    return stream;
};

// ---- Writable -------------------------------------------------------------------------------------

function Writable(options) {
    if (!(this instanceof Writable) && !(this instanceof Duplex)) {
        return new Writable(options);
    }
    Stream.call(this, options);
    initWritable(this, options || {});
}
inherit(Writable, Stream);

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

const WRITABLE_GETTERS = {
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
getters(writable, '_writableState', WRITABLE_GETTERS);

// ---- both -----------------------------------------------------------------------------------------

function Duplex(options) {
    if (!(this instanceof Duplex)) {
        return new Duplex(options);
    }
    options = options || {};
    Stream.call(this, options);
    this.allowHalfOpen = options.allowHalfOpen !== false;
    initReadable(this, options);
    initWritable(this, options);
    if (options.readable === false) {
        this._readableState.ended = this._readableState.endEmitted = true;
    }
    if (options.writable === false) {
        this._writableState.ending = this._writableState.finished = true;
    }
}
inherit(Duplex, Readable);
['_write', 'write', 'end', 'cork', 'uncork', 'setDefaultEncoding', 'destroy'].forEach(function (name) {
    Duplex.prototype[name] = writable[name];
});
getters(Duplex.prototype, '_writableState', Object.assign({}, WRITABLE_GETTERS,
    { destroyed: function (state) { return state.destroyed; } }));
Object.defineProperty(Writable, Symbol.hasInstance, { configurable: true, value: function (value) {
    return Function.prototype[Symbol.hasInstance] ?
        Function.prototype[Symbol.hasInstance].call(this, value) ||
        (this === Writable && value !== null && typeof value === 'object' && !!value._writableState) :
        false;
} });

function Transform(options) {
    if (!(this instanceof Transform)) {
        return new Transform(options);
    }
    Duplex.call(this, options);
    options = options || {};
    if (typeof options.transform === 'function') {
        hide(this, '_transform', options.transform);
    }
    if (typeof options.flush === 'function') {
        hide(this, '_flush', options.flush);
    }
    hide(this, '_resume', null);
}
inherit(Transform, Duplex);

Transform.prototype._transform = function _transform() {
    throw errors.coded(Error, 'ERR_METHOD_NOT_IMPLEMENTED',
        'The _transform() method is not implemented');
};

Transform.prototype._write = function _write(chunk, encoding, callback) {
    var stream = this;
    stream._transform(chunk, encoding, function (error, result) {
        if (error) {
            return callback(error);
        }
        if (result !== undefined && result !== null) {
            stream.push(result);
        }
        if (stream._readableState.length < stream._readableState.highWaterMark ||
            stream._readableState.ended) {
            return callback();
        }
        stream._resume = callback; // until what is waiting was read
        return undefined;
    });
};

Transform.prototype._read = function _read() {
    var resume = this._resume;
    this._readableState.reading = false;
    if (resume !== null) {
        this._resume = null;
        resume();
    }
};

Transform.prototype._final = function _final(callback) {
    var stream = this;
    if (typeof stream._flush !== 'function') {
        stream.push(null);
        return callback();
    }
    return stream._flush(function (error, result) {
        if (error) {
            return callback(error);
        }
        if (result !== undefined && result !== null) {
            stream.push(result);
        }
        stream.push(null);
        return callback();
    });
};

function PassThrough(options) {
    if (!(this instanceof PassThrough)) {
        return new PassThrough(options);
    }
    Transform.call(this, options);
}
inherit(PassThrough, Transform);
PassThrough.prototype._transform = function (chunk, encoding, callback) { callback(null, chunk); };

// ---- helpers --------------------------------------------------------------------------------------

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

function pipeline() {
    var list = Array.prototype.slice.call(arguments);
    var callback = list.pop();
    errors.requireFunction(callback, 'callback');
    list = list.length === 1 && Array.isArray(list[0]) ? list[0] : list;
    if (list.length < 2) {
        throw errors.coded(TypeError, 'ERR_MISSING_ARGS', 'The "streams" argument must be specified');
    }
    var failure = null;
    var open = list.length;
    list = list.map(function (stream) {
        return stream !== null && typeof stream.pipe !== 'function' &&
            typeof stream.write !== 'function' ? Readable.from(stream) : stream;
    });
    list.forEach(function (stream, index) {
        finished(stream, { readable: index < list.length - 1, writable: index > 0 }, function (error) {
            if (error && failure === null) {
                failure = error;
                list.forEach(function (other) {
                    if (other !== stream && typeof other.destroy === 'function') {
                        other.destroy(index < list.length - 1 ? error : undefined);
                    }
                });
            }
            if (--open === 0) {
                callback(failure || undefined);
            }
        });
    });
    list.forEach(function (stream, index) {
        if (index > 0) {
            list[index - 1].pipe(stream);
            if (failure === null) {
                list[index - 1].on('error', nothing);
                stream.on('error', nothing);
            }
        }
    });
    return list[list.length - 1];
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

// ---- exports --------------------------------------------------------------------------------------

module.exports = Stream;
Stream.Stream = Stream;
Stream.Readable = Readable;
Stream.Writable = Writable;
Stream.Duplex = Duplex;
Stream.Transform = Transform;
Stream.PassThrough = PassThrough;
Stream.pipeline = pipeline;
Stream.finished = finished;
Stream.addAbortSignal = function (signal, stream) {
    return addAbortSignal(signal, stream);
};
Stream.destroy = function (stream, error) {
    return stream.destroy(error);
};
Stream.isReadable = function (stream) { return !!stream.readable; };
Stream.isWritable = function (stream) { return !!stream.writable; };
Stream.isErrored = function (stream) { return !!stream.errored; };
Stream.isDestroyed = function (stream) { return !!stream.destroyed; };
Stream.getDefaultHighWaterMark = function (isObjects) {
    return isObjects ? HIGH_WATER_OBJECTS : HIGH_WATER;
};
Object.defineProperty(Stream, 'promises', { enumerable: true, configurable: true,
    get: function () { return require('stream_promises'); } });
Object.defineProperty(pipeline, Symbol.for('nodejs.util.promisify.custom'), { enumerable: true,
    get: function () { return require('stream_promises').pipeline; } });
Object.defineProperty(finished, Symbol.for('nodejs.util.promisify.custom'), { enumerable: true,
    get: function () { return require('stream_promises').finished; } });
