// fs.ReadStream and fs.WriteStream.
'use strict';

const fs = require('fs');
const stream = require('stream');
const take = require('fs_arguments');
const CHUNK = 65536; // bytes read at a time

function inherit(Derived, Base) {
    Derived.prototype = Object.create(Base.prototype, {
        constructor: { value: Derived, writable: true, configurable: true }
    });
    Object.setPrototypeOf(Derived, Base);
}

function prepare(self, path, options, flags) {
    self.fd = options.fd === undefined || options.fd === null ? null :
        typeof options.fd === 'number' ? options.fd : options.fd.fd;
    self.path = self.fd === null ? take.path(path) : path;
    self.flags = options.flags || flags;
    self.mode = options.mode === undefined ? 438 : options.mode;
    self.autoClose = options.autoClose !== false;
    self.pending = self.fd === null;
}

// Calls `use` with the descriptor, when it is there.
function opened(self, use) {
    if (self.fd !== null) {
        use();
    } else {
        self.once('open', use);
    }
}

function open(self) {
    if (self.fd !== null) {
        return;
    }
    fs.open(self.path, self.flags, self.mode, function (error, fd) {
        if (error) {
            self.destroy(error);
            return;
        }
        self.fd = fd;
        self.pending = false;
        if (self.destroyed) {
            fs.close(fd, function () {});
            return;
        }
        self.emit('open', fd);
        self.emit('ready');
    });
}

function close(error, callback) {
    var fd = this.fd;
    if (fd === null || !this.autoClose) {
        callback(error);
        return;
    }
    this.fd = null;
    fs.close(fd, function (failure) { callback(error || failure); });
}

// ---- reading --------------------------------------------------------------------------------------

function ReadStream(path, options) {
    if (!(this instanceof ReadStream)) {
        return new ReadStream(path, options);
    }
    options = take.options(options, {});
    stream.Readable.call(this, Object.assign({ highWaterMark: CHUNK }, options));
    prepare(this, path, options, 'r');
    this.start = options.start;
    this.end = options.end === undefined ? Infinity : options.end;
    this.pos = options.start;
    this.bytesRead = 0;
    open(this);
}
inherit(ReadStream, stream.Readable);

ReadStream.prototype._read = function (size) {
    var self = this;
    opened(self, function () {
        var from = self.pos === undefined ? self.bytesRead : self.pos;
        var count = Math.min(size, self.end - from + 1);
        if (count <= 0) {
            self.push(null);
            return;
        }
        var buffer = require('buffer').Buffer.alloc(count);
        fs.read(self.fd, buffer, 0, count, self.pos === undefined ? null : self.pos,
            function (error, read) {
                if (error) {
                    self.destroy(error);
                    return;
                }
                self.bytesRead += read;
                self.pos = self.pos === undefined ? undefined : self.pos + read;
                self.push(read === 0 ? null : buffer.subarray(0, read));
            });
    });
};
ReadStream.prototype._destroy = close;
ReadStream.prototype.close = function (callback) {
    if (typeof callback === 'function') {
        this.once('close', callback);
    }
    this.destroy();
};

// ---- writing --------------------------------------------------------------------------------------

function WriteStream(path, options) {
    if (!(this instanceof WriteStream)) {
        return new WriteStream(path, options);
    }
    options = take.options(options, {});
    stream.Writable.call(this, Object.assign({}, options, { decodeStrings: true }));
    prepare(this, path, options, 'w');
    this.pos = options.start;
    this.bytesWritten = 0;
    if (options.encoding) {
        this.setDefaultEncoding(options.encoding);
    }
    open(this);
}
inherit(WriteStream, stream.Writable);

WriteStream.prototype._write = function (chunk, encoding, callback) {
    var self = this;
    function more(at) {
        fs.write(self.fd, chunk, at, chunk.length - at, self.pos === undefined ? null : self.pos,
            function (error, written) {
                if (error) {
                    callback(error);
                    return;
                }
                self.bytesWritten += written;
                self.pos = self.pos === undefined ? undefined : self.pos + written;
                if (at + written < chunk.length) {
                    more(at + written);
                } else {
                    callback();
                }
            });
    }
    opened(self, function () { more(0); });
};
WriteStream.prototype._destroy = close;
WriteStream.prototype.close = function (callback) {
    if (typeof callback === 'function') {
        this.once('close', callback);
    }
    if (this.writableEnded) {
        return;
    }
    this.end();
};

exports.ReadStream = ReadStream;
exports.WriteStream = WriteStream;
