// string_decoder: bytes that come in pieces to text that is never cut within a character.
'use strict';

const errors = require('errors');
const buffers = require('buffer');
const Buffer = buffers.Buffer;
const NAMES = ['utf8', 'utf16le', 'latin1', 'ascii', 'hex', 'base64', 'base64url'];

function StringDecoder(encoding) {
    if (!(this instanceof StringDecoder)) {
        return new StringDecoder(encoding);
    }
    var kind = encoding === undefined || encoding === null || encoding === '' ? 0 :
        buffers.kindOf(encoding);
    if (kind === undefined) {
        throw errors.coded(TypeError, 'ERR_UNKNOWN_ENCODING', 'Unknown encoding: ' + encoding);
    }
    this.encoding = NAMES[kind];
    Object.defineProperty(this, '_left', { value: Buffer.alloc(0), writable: true });
}

// How many bytes at the end belong to something that is not whole yet.
function unfinished(bytes, encoding) {
    var size = bytes.length;
    if (encoding === 'utf8') {
        for (var back = 1; back <= Math.min(3, size); back++) {
            var byte = bytes[size - back];
            if ((byte & 0xc0) !== 0x80) {
                var wanted = byte >= 0xf8 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 :
                    byte >= 0xc0 ? 2 : 1;
                return wanted > back ? back : 0;
            }
        }
        return 0;
    }
    if (encoding === 'utf16le') {
        var last = size - size % 2 - 1;
        return size % 2 + (last > 0 && (bytes[last] & 0xfc) === 0xd8 ? 2 : 0);
    }
    return encoding === 'base64' || encoding === 'base64url' ? size % 3 : 0;
}

StringDecoder.prototype.write = function write(chunk) {
    if (typeof chunk === 'string') {
        return chunk;
    }
    if (!ArrayBuffer.isView(chunk)) {
        throw errors.invalidType('buf', 'an instance of Buffer, TypedArray, or DataView', chunk);
    }
    var bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this._left.length > 0) {
        bytes = Buffer.concat([this._left, bytes]);
    }
    var count = unfinished(bytes, this.encoding);
    this._left = Buffer.from(bytes.subarray(bytes.length - count));
    return bytes.toString(this.encoding, 0, bytes.length - count);
};

StringDecoder.prototype.end = function end(chunk) {
    var text = chunk === undefined ? '' : this.write(chunk);
    var left = this._left;
    this._left = Buffer.alloc(0);
    return text + left.toString(this.encoding);
};

StringDecoder.prototype.text = function text(chunk, offset) {
    this._left = Buffer.alloc(0);
    return this.write(chunk.slice(offset));
};

Object.defineProperty(StringDecoder.prototype, 'lastNeed', { configurable: true, enumerable: true,
    get: function () {
        var first = this._left[0];
        return this._left.length === 0 ? 0 :
            (first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2) - this._left.length;
    } });
Object.defineProperty(StringDecoder.prototype, 'lastTotal', { configurable: true, enumerable: true,
    get: function () { return this._left.length + this.lastNeed; } });

exports.StringDecoder = StringDecoder;
