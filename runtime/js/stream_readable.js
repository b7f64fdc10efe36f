// The half of a stream that is read (stream.js): what was pushed waits in `_readableState.buffer` until
// it is read, flows, or is piped.
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

function Readable(options) {
    if (!(this instanceof Readable)) {
        return new Readable(options);
    }
    Stream.call(this, options);
    initReadable(this, options || {});
}
base.inherit(Readable, Stream);

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

base.getters(readable, '_readableState', {
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
    base.finished(stream, { writable: false }, function (error) {
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

module.exports = { Readable: Readable, init: initReadable };
