// stream: Readable, Writable, Duplex, Transform, PassThrough, pipeline and finished: small ones, with
// the events, back pressure and ends of Node's. What a stream knows of itself is in `_readableState`
// and `_writableState`.
'use strict';

const errors = require('errors');
const base = require('stream_base');
const readables = require('stream_readable');
const writables = require('stream_writable');
const Stream = base.Stream;
const Readable = readables.Readable;
const Writable = writables.Writable;
const inherit = base.inherit;
const hide = base.hide;
const getters = base.getters;
const finished = base.finished;
const addAbortSignal = base.addAbortSignal;

// ---- both -----------------------------------------------------------------------------------------

function Duplex(options) {
    if (!(this instanceof Duplex)) {
        return new Duplex(options);
    }
    options = options || {};
    Stream.call(this, options);
    this.allowHalfOpen = options.allowHalfOpen !== false;
    readables.init(this, options);
    writables.init(this, options);
    if (options.readable === false) {
        this._readableState.ended = this._readableState.endEmitted = true;
    }
    if (options.writable === false) {
        this._writableState.ending = this._writableState.finished = true;
    }
}
inherit(Duplex, Readable);
['_write', 'write', 'end', 'cork', 'uncork', 'setDefaultEncoding', 'destroy'].forEach(function (name) {
    Duplex.prototype[name] = Writable.prototype[name];
});
getters(Duplex.prototype, '_writableState', Object.assign({}, writables.GETTERS,
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
                list[index - 1].on('error', function () {});
                stream.on('error', function () {});
            }
        }
    });
    return list[list.length - 1];
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
    return isObjects ? base.HIGH_WATER_OBJECTS : base.HIGH_WATER;
};
Object.defineProperty(Stream, 'promises', { enumerable: true, configurable: true,
    get: function () { return require('stream_promises'); } });
Object.defineProperty(pipeline, Symbol.for('nodejs.util.promisify.custom'), { enumerable: true,
    get: function () { return require('stream_promises').pipeline; } });
Object.defineProperty(finished, Symbol.for('nodejs.util.promisify.custom'), { enumerable: true,
    get: function () { return require('stream_promises').finished; } });
