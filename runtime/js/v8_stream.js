// A heap snapshot as a stream: it was written to a file without a name, which is read from here and
// gone when it is closed.
'use strict';

const fs = require('fs');
const stream = require('stream');
const CHUNK = 65536; // bytes read at a time

function HeapSnapshotStream(fd) {
    stream.Readable.call(this, { highWaterMark: CHUNK });
    Object.defineProperty(this, '_file', { value: fd, writable: true });
    Object.defineProperty(this, '_at', { value: 0, writable: true });
}
HeapSnapshotStream.prototype = Object.create(stream.Readable.prototype, {
    constructor: { value: HeapSnapshotStream, writable: true, configurable: true }
});
Object.setPrototypeOf(HeapSnapshotStream, stream.Readable);

HeapSnapshotStream.prototype._read = function () {
    var self = this;
    fs.read(self._file, Buffer.allocUnsafeSlow(CHUNK), 0, CHUNK, self._at, function (error, count, buffer) {
        if (error) {
            self.destroy(error);
            return;
        }
        self._at += count;
        self.push(count === 0 ? null : buffer.subarray(0, count));
    });
};

HeapSnapshotStream.prototype._destroy = function (error, callback) {
    var fd = this._file;
    this._file = -1;
    fs.close(fd, function (failure) { callback(error || failure); });
};

exports.HeapSnapshotStream = HeapSnapshotStream;
