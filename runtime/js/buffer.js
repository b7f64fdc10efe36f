// buffer: Node's Buffer, a Uint8Array with methods. Bytes, text and numbers are handled by the
// natives of buffer.c; here are arguments, defaults and what is said when they are wrong. A Buffer
// has a store of its own (there is no shared pool), so it can be transferred.
'use strict';

const errors = require('errors');
const system = native('buffer');

const UTF8 = 0;
const UTF16LE = 1;
const LATIN1 = 2;
const HEX = 4;
const BASE64 = 5;
const KINDS = { utf8: UTF8, 'utf-8': UTF8, utf16le: UTF16LE, 'utf-16le': UTF16LE, ucs2: UTF16LE,
    'ucs-2': UTF16LE, latin1: LATIN1, binary: LATIN1, ascii: 3, hex: HEX, base64: BASE64,
    base64url: 6 };
const SIZE_MAX = 4294967296;
const FIRST = 'The first argument must be of type string or an instance of Buffer, ArrayBuffer, ' +
    'or Array or an Array-like Object. Received ';
var isWarned = false;

function Buffer(value, encoding, length) {
    if (!isWarned) {
        isWarned = true;
        process.emitWarning('Buffer() is deprecated due to security and usability issues. Please ' +
            'use the Buffer.alloc(), Buffer.allocUnsafe(), or Buffer.from() methods instead.',
            'DeprecationWarning', 'DEP0005');
    }
    if (typeof value !== 'number') {
        return Buffer.from(value, encoding, length);
    }
    if (typeof encoding === 'string') {
        throw errors.invalidType('string', 'of type string', value);
    }
    return Buffer.alloc(value);
}

Object.setPrototypeOf(Buffer, Uint8Array);
Buffer.prototype = Object.create(Uint8Array.prototype, {
    constructor: { value: Buffer, writable: true, configurable: true }
});
const methods = Buffer.prototype;

// ---- arguments ------------------------------------------------------------------------------------

// Number of an encoding's name, undefined when there is none of that name.
function kindOf(name) {
    var kind = KINDS[name];
    return kind !== undefined ? kind : KINDS[String(name).toLowerCase()];
}

function requireKind(name) {
    var kind = name === undefined || name === null || name === '' ? UTF8 : kindOf(name);
    if (kind === undefined) {
        throw errors.coded(TypeError, 'ERR_UNKNOWN_ENCODING', 'Unknown encoding: ' + name);
    }
    return kind;
}

function isBytes(value) {
    return value instanceof Uint8Array;
}

function requireBytes(value, name) {
    if (!isBytes(value)) {
        throw errors.invalidType(name, 'an instance of Buffer or Uint8Array', value);
    }
}

function requireSize(size) {
    if (typeof size !== 'number') {
        throw errors.invalidType('size', 'of type number', size);
    }
    if (!(size >= 0 && size <= SIZE_MAX)) {
        throw errors.outOfRange('size', '>= 0 && <= ' + SIZE_MAX, size);
    }
}

function requireOffset(value, name, max) {
    if (typeof value !== 'number') {
        throw errors.invalidType(name, 'of type number', value);
    }
    if (Math.floor(value) !== value) {
        throw errors.outOfRange(name, 'an integer', value);
    }
    if (value < 0 || value > max) {
        throw errors.outOfRange(name, '>= 0 && <= ' + max, value);
    }
    return value;
}

// ---- creation -------------------------------------------------------------------------------------

function fromArray(list) {
    var length = list.length > 0 ? Math.floor(list.length) : 0;
    var buffer = system.alloc(length);
    for (var i = 0; i < length; i++) {
        buffer[i] = list[i];
    }
    return buffer;
}

function fromArrayBuffer(value, offset, length) {
    offset = +offset || 0;
    var room = value.byteLength - offset;
    if (room < 0) {
        throw errors.coded(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS',
            '"offset" is outside of buffer bounds');
    }
    if (offset < 0) {
        throw new RangeError('Start offset ' + offset + ' is outside the bounds of the buffer');
    }
    length = length === undefined ? room : +length > 0 ? +length : 0;
    if (length > room) {
        throw errors.coded(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS',
            '"length" is outside of buffer bounds');
    }
    return system.view(value, offset, length);
}

function isAnyBuffer(value) {
    return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}

// Buffer of an object; undefined when it is nothing to make one of.
function fromObject(value) {
    if (isBytes(value)) {
        var copy = system.alloc(value.length);
        system.copy(value, copy, 0, 0, value.length);
        return copy;
    }
    if (value.length !== undefined || isAnyBuffer(value.buffer)) {
        return typeof value.length === 'number' ? fromArray(value) : system.alloc(0);
    }
    return value.type === 'Buffer' && Array.isArray(value.data) ? fromArray(value.data) : undefined;
}

function fromReference(value, encoding, length) {
    if (isAnyBuffer(value)) {
        return fromArrayBuffer(value, encoding, length);
    }
    var primitive = value.valueOf && value.valueOf();
    if (primitive !== null && primitive !== undefined && primitive !== value &&
        (typeof primitive === 'string' || typeof primitive === 'object')) {
        return from(primitive, encoding, length);
    }
    var buffer = fromObject(value);
    if (buffer === undefined && typeof value[Symbol.toPrimitive] === 'function') {
        var text = value[Symbol.toPrimitive]('string');
        buffer = typeof text === 'string' ? from(text, encoding) : undefined;
    }
    return buffer;
}

function from(value, encodingOrOffset, length) {
    if (typeof value === 'string') {
        return system.from(value, typeof encodingOrOffset === 'string' ?
            requireKind(encodingOrOffset) : UTF8);
    }
    var buffer = typeof value === 'object' && value !== null ?
        fromReference(value, encodingOrOffset, length) : undefined;
    if (buffer === undefined) {
        throw errors.coded(TypeError, 'ERR_INVALID_ARG_TYPE', FIRST + errors.received(value));
    }
    return buffer;
}

function alloc(size, fill, encoding) {
    requireSize(size);
    var buffer = system.alloc(size);
    return fill !== undefined && fill !== 0 && size > 0 ? fillAll(buffer, fill, encoding) : buffer;
}

function fillAll(buffer, fill, encoding) {
    if (encoding !== undefined && typeof encoding !== 'string') {
        throw errors.invalidType('encoding', 'of type string', encoding);
    }
    return buffer.fill(fill, encoding);
}

function allocUnsafe(size) {
    requireSize(size);
    return system.alloc(size);
}

function totalOf(list) {
    var total = 0;
    for (var i = 0; i < list.length; i++) {
        total += list[i].length || 0;
    }
    return total;
}

function concat(list, length) {
    if (!Array.isArray(list)) {
        throw errors.invalidType('list', 'an instance of Array', list);
    }
    length = length === undefined ? totalOf(list) : requireLength(length);
    var buffer = system.alloc(length);
    var at = 0;
    for (var i = 0; i < list.length; i++) {
        if (!isBytes(list[i])) {
            throw errors.invalidType('list[' + i + ']', 'an instance of Buffer or Uint8Array',
                list[i]);
        }
        at += system.copy(list[i], buffer, at, 0, list[i].length);
    }
    return buffer;
}

function requireLength(length) {
    return length > 0 ? Math.floor(length) : 0;
}

function byteLength(value, encoding) {
    if (typeof value !== 'string') {
        if (ArrayBuffer.isView(value) || isAnyBuffer(value)) {
            return value.byteLength;
        }
        throw errors.invalidType('string',
            'of type string or an instance of Buffer or ArrayBuffer', value);
    }
    var kind = kindOf(encoding);
    switch (kind) {
    case UTF16LE:
        return value.length * 2;
    case LATIN1:
    case 3:
        return value.length;
    case HEX:
        return value.length >>> 1;
    case BASE64:
    case 6:
        return Math.floor((value.length - (/=?=?$/.exec(value)[0].length)) * 3 / 4);
    }
    return system.size(value);
}

Buffer.poolSize = 8192;
Buffer.from = from;
Buffer.copyBytesFrom = function copyBytesFrom(view, offset, length) {
    if (!ArrayBuffer.isView(view) || view instanceof DataView) {
        throw errors.invalidType('view', 'an instance of TypedArray', view);
    }
    var end = length === undefined ? undefined : (offset || 0) + length;
    var part = view.subarray(offset || 0, end);
    return from(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
};
Buffer.of = function of() {
    return fromArray(arguments);
};
Buffer.alloc = alloc;
Buffer.allocUnsafe = allocUnsafe;
Buffer.allocUnsafeSlow = function allocUnsafeSlow(size) {
    return allocUnsafe(size);
};
Buffer.isBuffer = function isBuffer(value) {
    return value instanceof Buffer;
};
Buffer.compare = function compare(a, b) {
    requireBytes(a, 'buf1');
    requireBytes(b, 'buf2');
    return system.compare(a, b);
};
Buffer.isEncoding = function isEncoding(name) {
    return typeof name === 'string' && name.length !== 0 && kindOf(name) !== undefined;
};
Buffer.concat = concat;
Buffer.byteLength = byteLength;

// ---- text -----------------------------------------------------------------------------------------

methods.toString = function toString(encoding, start, end) {
    if (arguments.length === 0) {
        return system.text(this, UTF8, 0);
    }
    start = start > 0 ? Math.floor(start) : 0;
    end = end === undefined ? this.length : end > 0 ? Math.floor(end) : 0;
    return start >= this.length || end <= start ? '' :
        system.text(this, requireKind(encoding), start, end);
};

methods.toLocaleString = methods.toString;

// write(text), write(text, encoding), write(text, offset[, length][, encoding])
methods.write = function write(text, offset, length, encoding) {
    if (typeof offset === 'string') {
        encoding = offset;
        offset = length = undefined;
    } else if (typeof length === 'string') {
        encoding = length;
        length = undefined;
    }
    offset = offset === undefined ? 0 : requireOffset(offset, 'offset', this.length);
    var room = this.length - offset;
    length = length === undefined ? room :
        Math.min(room, requireOffset(length, 'length', this.length));
    if (typeof text !== 'string') {
        throw errors.coded(TypeError, 'ERR_INVALID_ARG_TYPE', 'argument must be a string');
    }
    return system.write(this, text, requireKind(encoding), offset, length);
};

['ascii', 'base64', 'base64url', 'latin1', 'hex', 'ucs2', 'utf8'].forEach(function (name) {
    methods[name + 'Slice'] = function (start, end) {
        return system.text(this, KINDS[name], start, end);
    };
    methods[name + 'Write'] = function (text, offset, length) {
        return system.write(this, text, KINDS[name], offset, length);
    };
});

methods.toJSON = function toJSON() {
    return { type: 'Buffer', data: Array.prototype.slice.call(this) };
};

// ---- bytes ----------------------------------------------------------------------------------------

methods.equals = function equals(other) {
    requireBytes(other, 'otherBuffer');
    return this === other || (this.length === other.length && system.compare(this, other) === 0);
};

function part(view, start, end) {
    return start === 0 && end === view.length ? view :
        new Uint8Array(view.buffer, view.byteOffset + start, Math.max(0, end - start));
}

methods.compare = function compare(target, targetStart, targetEnd, sourceStart, sourceEnd) {
    requireBytes(target, 'target');
    if (arguments.length === 1) {
        return system.compare(this, target);
    }
    targetStart = targetStart === undefined ? 0 :
        requireOffset(targetStart, 'targetStart', Number.MAX_SAFE_INTEGER);
    targetEnd = targetEnd === undefined ? target.length :
        requireOffset(targetEnd, 'targetEnd', target.length);
    sourceStart = sourceStart === undefined ? 0 :
        requireOffset(sourceStart, 'sourceStart', Number.MAX_SAFE_INTEGER);
    sourceEnd = sourceEnd === undefined ? this.length :
        requireOffset(sourceEnd, 'sourceEnd', this.length);
    if (sourceStart >= sourceEnd) {
        return targetStart >= targetEnd ? 0 : -1;
    }
    return targetStart >= targetEnd ? 1 :
        system.compare(part(this, sourceStart, sourceEnd), part(target, targetStart, targetEnd));
};

// The bytes to look for or to fill with.
function patternOf(value, encoding) {
    if (typeof value === 'string') {
        return system.from(value, requireKind(encoding));
    }
    return typeof value === 'number' ? fromArray([value & 255]) : value;
}

function find(buffer, value, offset, encoding, isForward) {
    if (typeof offset === 'string') {
        encoding = offset;
        offset = undefined;
    }
    if (typeof value !== 'string' && typeof value !== 'number' && !isBytes(value)) {
        throw errors.invalidType('value',
            'one of type number or string or an instance of Buffer or Uint8Array', value);
    }
    var pattern = patternOf(value, encoding);
    offset = +offset;
    if (offset !== offset) {
        offset = isForward ? 0 : buffer.length;
    }
    offset = Math.trunc(offset) + (offset < 0 ? buffer.length : 0);
    if (pattern.length === 0) {
        return Math.max(0, Math.min(offset, buffer.length));
    }
    if (offset < 0 && !isForward) {
        return -1;
    }
    var step = typeof value === 'string' && requireKind(encoding) === UTF16LE ? 2 : 1;
    return system.find(buffer, pattern, Math.max(0, offset), isForward, step);
}

methods.indexOf = function indexOf(value, offset, encoding) {
    return find(this, value, offset, encoding, true);
};

methods.lastIndexOf = function lastIndexOf(value, offset, encoding) {
    return find(this, value, offset, encoding, false);
};

methods.includes = function includes(value, offset, encoding) {
    return find(this, value, offset, encoding, true) !== -1;
};

// fill(value[, start[, end]][, encoding])
methods.fill = function fill(value, start, end, encoding) {
    if (typeof start === 'string') {
        encoding = start;
        start = end = undefined;
    } else if (typeof end === 'string') {
        encoding = end;
        end = undefined;
    }
    start = start === undefined ? 0 : requireOffset(start, 'offset', SIZE_MAX);
    end = end === undefined ? this.length : requireOffset(end, 'end', this.length);
    if (typeof value === 'boolean') {
        value = +value;
    }
    var isEmptyText = value === '';
    var pattern = isEmptyText ? fromArray([0]) : patternOf(value, encoding);
    if (!isBytes(pattern)) {
        pattern = fromArray([Number(value) & 255]);
    }
    if (pattern.length === 0) {
        throw errors.coded(TypeError, 'ERR_INVALID_ARG_VALUE',
            "The argument 'value' is invalid. Received " + require('inspect').inspect(value));
    }
    if (start < end) {
        system.fill(this, pattern, start, end);
    }
    return this;
};

methods.copy = function copy(target, targetStart, sourceStart, sourceEnd) {
    requireBytes(target, 'target');
    targetStart = Math.trunc(+targetStart || 0);
    sourceStart = Math.trunc(+sourceStart || 0);
    sourceEnd = sourceEnd === undefined ? this.length : Math.trunc(+sourceEnd || 0);
    if (targetStart < 0) {
        throw errors.outOfRange('targetStart', '>= 0', targetStart);
    }
    if (sourceStart < 0 || sourceStart > this.length) {
        throw errors.outOfRange('sourceStart', '>= 0 && <= ' + this.length, sourceStart);
    }
    if (sourceEnd < 0) {
        throw errors.outOfRange('sourceEnd', '>= 0', sourceEnd);
    }
    return targetStart >= target.length || sourceStart >= sourceEnd ? 0 :
        system.copy(this, target, targetStart, sourceStart, sourceEnd);
};

function bound(value, length, fallback) {
    value = value === undefined ? fallback : Math.trunc(+value || 0);
    return Math.min(length, value < 0 ? Math.max(0, value + length) : value);
}

methods.subarray = function subarray(start, end) {
    start = bound(start, this.length, 0);
    end = bound(end, this.length, this.length);
    return system.view(this.buffer, this.byteOffset + start, Math.max(0, end - start));
};

methods.slice = function slice(start, end) {
    return this.subarray(start, end);
};

[2, 4, 8].forEach(function (width) {
    methods['swap' + width * 8] = function () {
        if (this.length % width !== 0) {
            throw errors.coded(RangeError, 'ERR_INVALID_BUFFER_SIZE',
                'Buffer size must be a multiple of ' + width * 8 + '-bits');
        }
        system.swap(this, width);
        return this;
    };
});

// ---- numbers --------------------------------------------------------------------------------------

function rangeOf(bytes, isSigned) {
    var bits = bytes * 8 - (isSigned ? 1 : 0);
    if (bytes > 4) {
        return '>= ' + (isSigned ? '-(2 ** ' + bits + ')' : '0') + ' and < 2 ** ' + bits;
    }
    return '>= ' + (isSigned ? -Math.pow(2, bits) : 0) + ' and <= ' + (Math.pow(2, bits) - 1);
}

function requireWidth(value) {
    if (typeof value !== 'number') {
        throw errors.invalidType('byteLength', 'of type number', value);
    }
    throw errors.outOfRange('byteLength', Math.floor(value) === value ? '>= 1 and <= 6' :
        'an integer', value);
}

// Says what is wrong with an offset or a value; called by the natives, width 0 for a wrong one.
function refuse(view, offset, bytes, kind, value, width) {
    var isSigned = (kind & 16) !== 0;
    var limit = isSigned ? Math.pow(2, bytes * 8 - 1) : Math.pow(2, bytes * 8);
    if (kind & 128 && offset === undefined) {
        throw errors.invalidType('offset', 'of type number', offset);
    }
    if (bytes === 0) {
        requireWidth(width);
    }
    if (value !== undefined && !(kind & 32) && (value >= limit || value < (isSigned ? -limit : 0))) {
        throw errors.outOfRange('value', rangeOf(bytes, isSigned), Number(value));
    }
    if (typeof offset !== 'number') {
        throw errors.invalidType('offset', 'of type number', offset);
    }
    if (Math.floor(offset) !== offset) {
        throw errors.outOfRange('offset', 'an integer', offset);
    }
    if (view.length < bytes) {
        throw errors.coded(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS',
            'Attempt to access memory outside buffer bounds');
    }
    throw errors.outOfRange('offset', '>= 0 and <= ' + (view.length - bytes), offset);
}

system.numbers(methods);
Object.keys(methods).forEach(function (name) {
    if (/UInt/.test(name)) {
        methods[name.replace('UInt', 'Uint')] = methods[name];
    }
});

['BigInt64LE', 'BigInt64BE', 'BigUInt64LE', 'BigUInt64BE'].forEach(function (name) {
    function absent() {
        throw new TypeError('Buffer.prototype.read/write' + name +
            '() needs BigInt, which isorun does not have');
    }
    methods['read' + name] = absent;
    methods['write' + name] = absent;
});

// ---- how it looks ---------------------------------------------------------------------------------

methods[Symbol.for('nodejs.util.inspect.custom')] = function (depth, options) {
    var inspect = require('inspect');
    var max = exports.INSPECT_MAX_BYTES;
    var shown = Math.min(max, this.length);
    var text = system.text(this, HEX, 0, shown).replace(/(.{2})/g, '$1 ').trim();
    if (this.length > max) {
        text += ' ... ' + (this.length - max) + ' more byte' + (this.length - max > 1 ? 's' : '');
    }
    var extras = options ? inspect.extraProperties(this, options) : '';
    var name = this.constructor === undefined || this.constructor === null ? 'Buffer' :
        this.constructor.name;
    return '<' + name + ' ' + text + (extras === '' ? '' : (text === '' ? '' : ', ') + extras) + '>';
};

methods.inspect = methods[Symbol.for('nodejs.util.inspect.custom')];

Object.defineProperty(methods, 'parent', { enumerable: true, get: function () {
    return this instanceof Buffer ? this.buffer : undefined;
} });
Object.defineProperty(methods, 'offset', { enumerable: true, get: function () {
    return this instanceof Buffer ? this.byteOffset : undefined;
} });

system.setup(methods, refuse);

// ---- exports --------------------------------------------------------------------------------------

function SlowBuffer(size) {
    return allocUnsafe(size);
}

function isAll(view, test) {
    if (!ArrayBuffer.isView(view) && !isAnyBuffer(view)) {
        throw errors.invalidType('input', 'an instance of ArrayBuffer, Buffer, or TypedArray', view);
    }
    return test(view);
}

exports.Buffer = Buffer;
exports.SlowBuffer = SlowBuffer;
exports.transcode = function transcode(source, fromEncoding, toEncoding) {
    requireBytes(source, 'source');
    return system.from(system.text(source, requireKind(fromEncoding)), requireKind(toEncoding));
};
exports.isUtf8 = function isUtf8(input) {
    return isAll(input, function (view) {
        var bytes = ArrayBuffer.isView(view) ? view : new Uint8Array(view);
        return system.compare(system.from(system.text(bytes, UTF8), UTF8), bytes) === 0;
    });
};
exports.isAscii = function isAscii(input) {
    return isAll(input, function (view) {
        var bytes = ArrayBuffer.isView(view) ? view : new Uint8Array(view);
        return system.compare(system.from(system.text(bytes, 3), 3), bytes) === 0;
    });
};
exports.kMaxLength = SIZE_MAX;
exports.kStringMaxLength = 536870888;
exports.constants = { MAX_LENGTH: SIZE_MAX, MAX_STRING_LENGTH: 536870888 };
exports.INSPECT_MAX_BYTES = 50;
exports.atob = function atob(text) {
    return require('encoding').atob(text);
};
exports.btoa = function btoa(text) {
    return require('encoding').btoa(text);
};
Object.defineProperty(exports, 'kindOf', { value: kindOf, enumerable: false });
Object.defineProperty(exports, 'requireKind', { value: requireKind, enumerable: false });
