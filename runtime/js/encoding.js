// TextDecoder and TextEncoder of the Encoding standard for UTF-8, UTF-16 and windows-1252, and
// atob() and btoa(), on the natives of buffer.c.
'use strict';

const errors = require('errors');
require('buffer'); // whose natives make Buffers
const system = native('buffer');
const CUSTOM = Symbol.for('nodejs.util.inspect.custom');
const STATE = Symbol('state');
const LABELS = {
    'utf-8': /^(unicode-1-1-utf-8|unicode11utf8|unicode20utf8|utf-?8|x-unicode20utf8)$/,
    'utf-16le': /^(csunicode|iso-10646-ucs-2|ucs-2|unicode|unicodefeff|utf-16(le)?)$/,
    'utf-16be': /^(unicodefffe|utf-16be)$/,
    'windows-1252': /^(ansi_x3\.4-1968|ascii|cp1252|cp819|csisolatin1|ibm819|iso-8859-1|iso-ir-100|iso8859-1|iso88591|iso_8859-1|iso_8859-1:1987|l1|latin1|us-ascii|windows-1252|x-cp1252)$/
};
// ---- TextDecoder ----------------------------------------------------------------------------------

function nameOf(label) {
    var text = String(label).trim().toLowerCase();
    return Object.keys(LABELS).filter(function (name) { return LABELS[name].test(text); })[0];
}

function TextDecoder(label, options) {
    if (!(this instanceof TextDecoder)) {
        throw new TypeError("Class constructor TextDecoder cannot be invoked without 'new'");
    }
    label = label === undefined ? 'utf-8' : label;
    if (options !== undefined && (options === null || typeof options !== 'object')) {
        throw errors.invalidType('options', 'of type object', options);
    }
    var encoding = nameOf(label);
    if (encoding === undefined) {
        throw errors.coded(RangeError, 'ERR_ENCODING_NOT_SUPPORTED',
            'The "' + label + '" encoding is not supported');
    }
    Object.defineProperty(this, STATE, { value: { encoding: encoding, left: null, isStarted: false,
        isFatal: !!(options && options.fatal), ignoresMark: !!(options && options.ignoreBOM) } });
}

function stateOf(decoder) {
    if (decoder === null || typeof decoder !== 'object' || decoder[STATE] === undefined) {
        throw errors.coded(TypeError, 'ERR_INVALID_THIS',
            'Value of "this" must be of type TextDecoder');
    }
    return decoder[STATE];
}

function bytesOf(input) {
    if (input === undefined) {
        return new Uint8Array(0);
    }
    if (ArrayBuffer.isView(input)) {
        return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
    }
    if (input instanceof ArrayBuffer || input instanceof SharedArrayBuffer) {
        return new Uint8Array(input);
    }
    throw errors.coded(TypeError, 'ERR_INVALID_ARG_TYPE', 'The "list" argument must be an instance ' +
        'of SharedArrayBuffer, ArrayBuffer or ArrayBufferView.');
}

function joined(first, second) {
    if (first === null || first.length === 0) {
        return second;
    }
    var all = system.alloc(first.length + second.length);
    system.copy(first, all, 0, 0, first.length);
    system.copy(second, all, first.length, 0, second.length);
    return all;
}

// Bytes at the end that may be the beginning of a character.
function unfinished(bytes, encoding) {
    if (encoding !== 'utf-8') {
        var size = bytes.length;
        var last = size - size % 2 - 2 + (encoding === 'utf-16le' ? 1 : 0);
        return size % 2 + (last >= 0 && (bytes[last] & 0xfc) === 0xd8 ? 2 : 0);
    }
    for (var back = 1; back <= 3 && back <= bytes.length; back++) {
        var byte = bytes[bytes.length - back];
        if (byte >= 0xc2) {
            var wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
            return byte <= 0xf4 && wanted > back && isStart(bytes, bytes.length - back) ? back : 0;
        }
        if ((byte & 0xc0) !== 0x80) {
            return 0;
        }
    }
    return 0;
}

// Whether what begins at `at` reads as one character that is not whole.
function isStart(bytes, at) {
    return system.text(bytes, 0, at).length === 1;
}

function wellFormed(text) {
    return text.replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, function (part) {
        return part.length === 2 ? part : '\ufffd';
    });
}

function swapped(bytes) {
    var copy = system.alloc(bytes.length);
    system.copy(bytes, copy, 0, 0, bytes.length);
    system.swap(copy, 2);
    return copy;
}

function textOf(bytes, encoding) {
    if (encoding === 'utf-8') {
        return system.text(bytes, 0);
    }
    if (encoding === 'windows-1252') {
        return system.text(bytes, 2); // as Node 20: the marks from 0x80 to 0x9f stay controls
    }
    var text = wellFormed(system.text(encoding === 'utf-16be' ? swapped(bytes) : bytes, 1));
    return bytes.length % 2 === 1 ? text + '\ufffd' : text;
}

function invalid(encoding) {
    return errors.coded(TypeError, 'ERR_ENCODING_INVALID_ENCODED_DATA',
        'The encoded data was not valid for encoding ' + encoding);
}

// As many bytes come out again when nothing had to be replaced.
function isValid(text, bytes, encoding) {
    if (encoding === 'windows-1252' || text.indexOf('\ufffd') < 0) {
        return true;
    }
    var again = encoding === 'utf-8' ? system.from(text, 0) :
        encoding === 'utf-16le' ? system.from(text, 1) : swapped(system.from(text, 1));
    return system.compare(again, bytes) === 0;
}

TextDecoder.prototype.decode = function decode(input, options) {
    var state = stateOf(this);
    var isStream = !!(options && options.stream);
    var bytes = joined(state.left, bytesOf(input));
    state.left = null;
    if (isStream && state.encoding !== 'windows-1252') {
        var count = unfinished(bytes, state.encoding);
        state.left = system.from(system.text(bytes, 2, bytes.length - count), 2);
        bytes = bytes.subarray(0, bytes.length - count);
    }
    var text = textOf(bytes, state.encoding);
    if (state.isFatal && !isValid(text, bytes, state.encoding)) {
        state.left = null;
        state.isStarted = false;
        throw invalid(state.encoding);
    }
    if (!state.isStarted && !state.ignoresMark && text[0] === '\ufeff' &&
        state.encoding !== 'windows-1252') {
        text = text.slice(1);
    }
    state.isStarted = isStream && (state.isStarted || bytes.length > 0);
    return text;
};

['encoding', 'fatal', 'ignoreBOM'].forEach(function (name) {
    var field = { encoding: 'encoding', fatal: 'isFatal', ignoreBOM: 'ignoresMark' }[name];
    Object.defineProperty(TextDecoder.prototype, name, { enumerable: true, configurable: true,
        get: function () { return stateOf(this)[field]; } });
});
Object.defineProperty(TextDecoder.prototype, Symbol.toStringTag,
    { value: 'TextDecoder', configurable: true });
Object.defineProperty(TextDecoder.prototype, CUSTOM, { writable: true, configurable: true,
    value: function (depth, options) {
        var shown = Object.create({ constructor: TextDecoder });
        shown.encoding = this.encoding;
        shown.fatal = this.fatal;
        shown.ignoreBOM = this.ignoreBOM;
        return typeof depth === 'number' && depth < 0 ? this :
            'TextDecoder ' + require('inspect').inspect(Object.assign({}, shown), options);
    } });

// ---- TextEncoder ----------------------------------------------------------------------------------

function TextEncoder() {
    if (!(this instanceof TextEncoder)) {
        throw new TypeError("Class constructor TextEncoder cannot be invoked without 'new'");
    }
}

TextEncoder.prototype.encode = function encode(text) {
    var buffer = system.from(text === undefined ? '' : String(text), 0);
    return new Uint8Array(buffer.buffer);
};

TextEncoder.prototype.encodeInto = function encodeInto(source, target) {
    errors.requireString(source, 'src');
    if (!(target instanceof Uint8Array)) {
        throw errors.invalidType('dest', 'an instance of Uint8Array', target);
    }
    var written = system.write(target, source, 0, 0, target.length);
    var whole = written === system.size(source);
    return { read: whole ? source.length : system.text(target, 0, 0, written).length,
        written: written };
};

Object.defineProperty(TextEncoder.prototype, 'encoding', { enumerable: true, configurable: true,
    get: function () { return 'utf-8'; } });
Object.defineProperty(TextEncoder.prototype, Symbol.toStringTag,
    { value: 'TextEncoder', configurable: true });

// ---- base64 ---------------------------------------------------------------------------------------

function requireInput(args) {
    if (args.length === 0) {
        throw errors.coded(TypeError, 'ERR_MISSING_ARGS', 'The "input" argument must be specified');
    }
    return String(args[0]);
}

function refuse(message) {
    return new (require('dom_exception').DOMException)(message, 'InvalidCharacterError');
}

exports.atob = function atob() {
    var text = requireInput(arguments).replace(/[\t\n\f\r ]/g, '');
    if (text.length % 4 === 0) {
        text = text.replace(/==?$/, '');
    }
    if (/[^A-Za-z0-9+\/]/.test(text)) {
        throw refuse('Invalid character');
    }
    if (text.length % 4 === 1) {
        throw refuse('The string to be decoded is not correctly encoded.');
    }
    return system.text(system.from(text, 5), 2);
};

exports.btoa = function btoa() {
    var text = requireInput(arguments);
    if (/[^\0-\xff]/.test(text)) {
        throw refuse('Invalid character');
    }
    return system.text(system.from(text, 2), 5);
};

exports.TextDecoder = TextDecoder;
exports.TextEncoder = TextEncoder;
