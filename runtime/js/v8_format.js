// v8.serialize() and deserialize(): V8's format, version 15, as Node writes it. What one of them wrote
// the other reads.
'use strict';

const VERSION = 15;
// The index of a view's type in what Node writes for it.
const VIEWS = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
    Float32Array, Float64Array, DataView];
const BUFFER = 10;
const ERRORS = { EvalError: 'E', RangeError: 'R', ReferenceError: 'F', SyntaxError: 'S', TypeError: 'T', URIError: 'U' };
const VIEW_NUMBER = new Float64Array(1);
const VIEW_BYTES = new Uint8Array(VIEW_NUMBER.buffer);

// ---- writing ----

function Writer() {
    this.bytes = new Uint8Array(256);
    this.size = 0;
    this.seen = new Map();
}

Writer.prototype.reserve = function (more) {
    if (this.size + more > this.bytes.length) {
        var grown = new Uint8Array(2 * (this.size + more));
        grown.set(this.bytes.subarray(0, this.size));
        this.bytes = grown;
    }
};

Writer.prototype.byte = function (byte) {
    if (this.size === this.bytes.length) {
        this.reserve(1);
    }
    this.bytes[this.size++] = byte;
};

Writer.prototype.tag = function (tag) {
    this.byte(tag.charCodeAt(0));
};

Writer.prototype.varint = function (value) {
    while (value >= 128) {
        this.byte(value % 128 + 128);
        value = Math.floor(value / 128);
    }
    this.byte(value);
};

Writer.prototype.raw = function (bytes) {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.size);
    this.size += bytes.length;
};

Writer.prototype.double = function (value) {
    VIEW_NUMBER[0] = value;
    this.raw(VIEW_BYTES);
};

function isSmall(value) {
    return (value | 0) === value && (value !== 0 || 1 / value > 0);
}

Writer.prototype.number = function (value) {
    if (isSmall(value)) {
        this.tag('I');
        this.varint(value < 0 ? -2 * value - 1 : 2 * value);
    } else {
        this.tag('N');
        this.double(value);
    }
};

Writer.prototype.string = function (text) {
    var i, isWide = false;
    for (i = 0; i < text.length && !isWide; i++) {
        isWide = text.charCodeAt(i) > 255;
    }
    var bytes = isWide ? 2 * text.length : text.length;
    if (isWide) {
        var prefix = 1;
        for (var left = bytes; left >= 128; left = Math.floor(left / 128)) { prefix++; }
        if ((this.size + 1 + prefix) % 2 === 1) { // two-byte text lies at even places
            this.byte(0);
        }
    }
    this.tag(isWide ? 'c' : '"');
    this.varint(bytes);
    this.reserve(bytes);
    for (i = 0; i < text.length; i++) {
        var unit = text.charCodeAt(i);
        this.bytes[this.size++] = unit & 255;
        if (isWide) {
            this.bytes[this.size++] = unit >> 8;
        }
    }
};

function refuse(value) {
    var text;
    try {
        text = typeof value === 'object' ? '#<' + (value.constructor && value.constructor.name || 'Object') + '>' :
            String(value);
    } catch (error) {
        text = '#<Object>';
    }
    throw new Error(text + ' could not be cloned.');
}

Writer.prototype.value = function (value) {
    switch (typeof value) {
    case 'undefined':
        return this.tag('_');
    case 'boolean':
        return this.tag(value ? 'T' : 'F');
    case 'number':
        return this.number(value);
    case 'string':
        return this.string(value);
    case 'object':
        return value === null ? this.tag('0') : this.object(value);
    }
    refuse(value);
};

Writer.prototype.object = function (value) {
    var known = this.seen.get(value);
    if (known !== undefined) {
        this.tag('^');
        return this.varint(known);
    }
    if (ArrayBuffer.isView(value)) { // Node's own way: no ArrayBuffer of it is shared
        this.seen.set(value, this.seen.size);
        return this.view(value);
    }
    this.seen.set(value, this.seen.size);
    if (Array.isArray(value)) {
        return this.array(value);
    }
    switch (Object.prototype.toString.call(value)) {
    case '[object Date]':
        this.tag('D');
        return this.double(Date.prototype.getTime.call(value));
    case '[object RegExp]':
        this.tag('R');
        this.string(value.source);
        return this.varint(value.flags.split('').reduce(function (bits, flag) {
            return bits | 1 << 'gimyusd'.indexOf(flag);
        }, 0));
    case '[object Boolean]':
        return this.tag(Boolean.prototype.valueOf.call(value) ? 'y' : 'x');
    case '[object Number]':
        this.tag('n');
        return this.double(Number.prototype.valueOf.call(value));
    case '[object String]':
        this.tag('s');
        return this.string(String.prototype.valueOf.call(value));
    case '[object Map]':
        return this.map(value);
    case '[object Set]':
        return this.set(value);
    case '[object ArrayBuffer]':
        this.tag('B');
        this.varint(value.byteLength);
        return this.raw(new Uint8Array(value));
    case '[object Error]':
        return this.error(value);
    case '[object SharedArrayBuffer]':
    case '[object Promise]':
    case '[object WeakMap]':
    case '[object WeakSet]':
    case '[object Symbol]':
        refuse(value);
    }
    this.tag('o');
    this.entries(value, Object.keys(value), '{');
};

// The properties named, then how many there were.
Writer.prototype.entries = function (value, keys, end) {
    var count = 0;
    for (var i = 0; i < keys.length; i++) {
        var key = keys[i];
        if (!Object.prototype.hasOwnProperty.call(value, key)) {
            continue; // a getter took it away
        }
        var index = key >>> 0;
        if (String(index) === key && index !== 4294967295) {
            this.number(index);
        } else {
            this.string(key);
        }
        this.value(value[key]);
        count++;
    }
    this.tag(end);
    this.varint(count);
};

Writer.prototype.array = function (value) {
    var length = value.length, keys = Object.keys(value), i;
    var isDense = keys.length >= length && (length === 0 || keys[length - 1] === String(length - 1));
    if (!isDense) {
        this.tag('a');
        this.varint(length);
        this.entries(value, keys, '@');
        return this.varint(length);
    }
    this.tag('A');
    this.varint(length);
    var areNumbers = value.every(function (item) { return typeof item === 'number'; });
    var areDoubles = areNumbers && !value.every(isSmall);
    for (i = 0; i < length; i++) {
        if (areDoubles) {
            this.tag('N');
            this.double(value[i]);
        } else if (i < value.length) {
            this.value(value[i]);
        } else {
            this.tag('-');
        }
    }
    this.entries(value, keys.slice(length), '$');
    this.varint(length);
};

Writer.prototype.map = function (value) {
    var self = this, entries = [];
    Map.prototype.forEach.call(value, function (item, key) { entries.push(key, item); });
    this.tag(';');
    entries.forEach(function (item) { self.value(item); });
    this.tag(':');
    this.varint(entries.length);
};

Writer.prototype.set = function (value) {
    var self = this, entries = [];
    Set.prototype.forEach.call(value, function (item) { entries.push(item); });
    this.tag("'");
    entries.forEach(function (item) { self.value(item); });
    this.tag(',');
    this.varint(entries.length);
};

Writer.prototype.view = function (value) {
    var type = Buffer.isBuffer(value) ? BUFFER : VIEWS.findIndex(function (View) { return value instanceof View; });
    this.tag('\\');
    this.varint(type);
    this.varint(value.byteLength);
    this.raw(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
};

Writer.prototype.error = function (value) {
    this.tag('r');
    if (ERRORS[value.name] !== undefined) {
        this.tag(ERRORS[value.name]);
    }
    var message = Object.getOwnPropertyDescriptor(value, 'message');
    if (message !== undefined && 'value' in message) {
        this.tag('m');
        this.string(String(message.value));
    }
    if (typeof value.stack === 'string') {
        this.tag('s');
        this.string(value.stack);
    }
    this.tag('.');
};

exports.serialize = function serialize(value) {
    var writer = new Writer();
    writer.byte(255);
    writer.byte(VERSION);
    writer.value(value);
    return Buffer.from(writer.bytes.buffer, 0, writer.size);
};

// ---- reading ----

function fail() {
    throw new Error('Unable to deserialize cloned data.');
}

function Reader(bytes) {
    this.bytes = bytes;
    this.at = 0;
    this.seen = [];
}

Reader.prototype.byte = function () {
    if (this.at >= this.bytes.length) {
        fail();
    }
    return this.bytes[this.at++];
};

Reader.prototype.varint = function () {
    for (var value = 0, factor = 1; ; factor *= 128) {
        var byte = this.byte();
        value += byte % 128 * factor;
        if (byte < 128) {
            return value % 4294967296;
        }
        if (factor > 4294967296) {
            fail();
        }
    }
};

Reader.prototype.raw = function (size) {
    if (size > this.bytes.length - this.at) {
        fail();
    }
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
};

Reader.prototype.double = function () {
    VIEW_BYTES.set(this.raw(8));
    return VIEW_NUMBER[0];
};

Reader.prototype.tag = function () {
    var byte = this.byte();
    while (byte === 0) { // padding
        byte = this.byte();
    }
    return String.fromCharCode(byte);
};

Reader.prototype.text = function (tag) {
    var bytes = this.raw(this.varint());
    switch (tag) {
    case '"':
        return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    case 'c':
        return bytes.length % 2 ? fail() : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf16le');
    case 'S':
        return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
    }
    fail();
};

Reader.prototype.keep = function (value) {
    this.seen.push(value);
    return value;
};

Reader.prototype.value = function () {
    return this.tagged(this.tag());
};

Reader.prototype.tagged = function (tag) {
    var number;
    switch (tag) {
    case '_': return undefined;
    case '0': return null;
    case 'T': return true;
    case 'F': return false;
    case 'I':
        number = this.varint();
        return number % 2 ? -(number + 1) / 2 : number / 2;
    case 'U': return this.varint();
    case 'N': return this.double();
    case '"': case 'c': case 'S': return this.text(tag);
    case '^':
        number = this.varint();
        return number < this.seen.length ? this.seen[number] : fail();
    case 'o': return this.entries(this.keep({}), '{', 1);
    case 'A': return this.dense();
    case 'a':
        number = this.varint();
        var sparse = this.keep([]);
        sparse.length = number;
        return this.entries(sparse, '@', 2);
    case 'D': return this.keep(new Date(this.double()));
    case 'y': return this.keep(Object(true));
    case 'x': return this.keep(Object(false));
    case 'n': return this.keep(Object(this.double()));
    case 's': return this.keep(Object(this.text(this.tag())));
    case 'R':
        var source = this.text(this.tag()), bits = this.varint();
        return this.keep(new RegExp(source, 'gimyusd'.split('').filter(function (flag, i) { return bits >> i & 1; }).join('')));
    case ';': return this.map();
    case "'": return this.set();
    case 'B': return this.keep(new Uint8Array(this.raw(this.varint())).buffer);
    case 'r': return this.error();
    case '\\': return this.view();
    }
    fail();
};

function define(object, key, value) {
    Object.defineProperty(object, key, { value: value, writable: true, enumerable: true, configurable: true });
}

// Keys and values up to `end`, behind which as many numbers stand.
Reader.prototype.entries = function (object, end, numbers) {
    var count = 0;
    for (var tag = this.tag(); tag !== end; tag = this.tag()) {
        var key = this.tagged(tag);
        if (typeof key !== 'string' && typeof key !== 'number') {
            fail();
        }
        define(object, key, this.value());
        count++;
    }
    if (this.varint() !== count) {
        fail();
    }
    if (numbers === 2) {
        this.varint();
    }
    return object;
};

Reader.prototype.dense = function () {
    var length = this.varint();
    if (length > this.bytes.length - this.at) {
        fail();
    }
    var array = this.keep([]);
    for (var i = 0; i < length; i++) {
        var tag = this.tag();
        if (tag === '-') {
            array.length = i + 1;
        } else {
            array[i] = this.tagged(tag);
        }
    }
    return this.entries(array, '$', 2);
};

Reader.prototype.map = function () {
    var map = this.keep(new Map()), count = 0;
    for (var tag = this.tag(); tag !== ':'; tag = this.tag()) {
        var key = this.tagged(tag);
        map.set(key, this.value());
        count += 2;
    }
    return this.varint() === count ? map : fail();
};

Reader.prototype.set = function () {
    var set = this.keep(new Set()), count = 0;
    for (var tag = this.tag(); tag !== ','; tag = this.tag()) {
        set.add(this.tagged(tag));
        count++;
    }
    return this.varint() === count ? set : fail();
};

Reader.prototype.error = function () {
    var Base = Error, message, stack, number = this.seen.length;
    this.seen.push(undefined);
    for (var tag = this.tag(); tag !== '.'; tag = this.tag()) {
        if (tag === 'm') {
            message = this.text(this.tag());
        } else if (tag === 's') {
            stack = this.text(this.tag());
        } else {
            var name = Object.keys(ERRORS).filter(function (key) { return ERRORS[key] === tag; })[0];
            Base = name === undefined ? fail() : globalThis[name];
        }
    }
    var error = message === undefined ? new Base() : new Base(message);
    Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true });
    this.seen[number] = error;
    return error;
};

Reader.prototype.view = function () {
    var type = this.varint(), bytes = new Uint8Array(this.raw(this.varint()));
    if (type === BUFFER) {
        return this.keep(Buffer.from(bytes.buffer, 0, bytes.length));
    }
    var View = VIEWS[type];
    var size = View === undefined ? fail() : View.BYTES_PER_ELEMENT || 1;
    return bytes.length % size ? fail() : this.keep(new View(bytes.buffer, 0, bytes.length / size));
};

exports.deserialize = function deserialize(buffer) {
    var bytes = ArrayBuffer.isView(buffer) ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength) : null;
    if (bytes === null) {
        throw require('errors').coded(TypeError, 'ERR_INVALID_ARG_TYPE', 'buffer must be a TypedArray or a DataView');
    }
    var reader = new Reader(bytes);
    if (bytes.length < 2 || reader.byte() !== 255 || reader.varint() > VERSION) {
        throw new Error('Unable to deserialize cloned data due to invalid or unsupported version.');
    }
    return reader.value();
};
