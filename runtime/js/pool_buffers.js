// BufferPool: ArrayBuffers of one size for programs that send them by transfer and get them back, so
// that no new memory is allocated and cleared for each round. take() one, transfer it, give() back
// what returned.
'use strict';

const errors = require('errors');

function BufferPool(bytes, options) {
    if (!(this instanceof BufferPool)) {
        return new BufferPool(bytes, options);
    }
    if (typeof bytes !== 'number' || !(bytes > 0) || Math.floor(bytes) !== bytes) {
        throw errors.outOfRange('bytes', 'a positive integer', bytes);
    }
    this.bytes = bytes;
    this.max = options !== undefined && options.max !== undefined ? options.max : 16;
    this.made = 0;   // buffers that were allocated
    this.reused = 0; // times one was handed out again
    this.refused = 0; // given back with another size, detached, or beyond max
    this._free = [];
}

// How many wait to be taken.
Object.defineProperty(BufferPool.prototype, 'free', {
    get: function () { return this._free.length; }
});

// An ArrayBuffer; its bytes are what was last in it.
BufferPool.prototype.take = function () {
    if (this._free.length > 0) {
        this.reused++;
        return this._free.pop();
    }
    this.made++;
    return new ArrayBuffer(this.bytes);
};

// True when it was kept. Takes the buffer of a view as well.
BufferPool.prototype.give = function (buffer) {
    if (ArrayBuffer.isView(buffer)) {
        buffer = buffer.buffer;
    }
    if (!(buffer instanceof ArrayBuffer)) {
        throw errors.invalidType('buffer', 'an instance of ArrayBuffer or a view', buffer);
    }
    if (buffer.byteLength !== this.bytes || this._free.length >= this.max ||
        this._free.indexOf(buffer) >= 0) {
        this.refused++;
        return false;
    }
    this._free.push(buffer);
    return true;
};

exports.BufferPool = BufferPool;
