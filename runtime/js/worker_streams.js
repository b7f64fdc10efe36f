// The streams of workers: worker.stdin, stdout and stderr in the parent, process.stdin in a worker.
// What a worker writes comes to its parent in letters, like the news of its end; so does what the
// parent writes for it.
'use strict';

const stream = require('stream');
const Buffer = require('buffer').Buffer;
const system = native('workers');

function bufferOf(bytes) {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

// ---- in the parent ------------------------------------------------------------------------------

// stdout (1) or stderr (2) of a worker; from its making on, what the worker writes is seen here.
function readable(worker, number) {
    var found = worker._streams[number];
    if (found === undefined) {
        found = worker._streams[number] = new stream.Readable({ read: function () {} });
        if (worker._thread > 0) {
            system.watchOutput(worker._thread, number);
        } else {
            found.push(null);
        }
    }
    return found;
}

exports.readable = readable;

exports.output = function (worker, bytes, number) {
    readable(worker, number).push(bufferOf(bytes));
};

// The worker is gone.
exports.end = function (worker) {
    [1, 2].forEach(function (number) {
        if (worker._streams[number] !== undefined && !worker._streams[number].readableEnded) {
            worker._streams[number].push(null);
        }
    });
};

exports.stdin = function (worker) {
    if (worker._streams.stdin === undefined) {
        worker._streams.stdin = new stream.Writable({
            write: function (chunk, encoding, done) {
                if (worker._thread > 0) {
                    system.writeInput(worker._thread, chunk);
                }
                done();
            },
            final: function (done) {
                if (worker._thread > 0) {
                    system.writeInput(worker._thread, null);
                }
                done();
            }
        });
    }
    return worker._streams.stdin;
};

// ---- in the worker ------------------------------------------------------------------------------

var stdin;
var isHeld = false;

function hold(isWanted) {
    if (isHeld !== isWanted) {
        isHeld = isWanted;
        system.holdSelf(isWanted);
    }
}

// Reading it keeps the worker alive until the parent ends it.
function ownStdin() {
    if (stdin === undefined) {
        var hasInput = system.self().hasInput;
        stdin = new stream.Readable({ read: function () { hold(hasInput && !stdin._isOver); } });
        if (!hasInput) {
            stdin.push(null);
        }
    }
    return stdin;
}

exports.ownStdin = ownStdin;

exports.input = function (bytes) {
    if (bytes === null) {
        ownStdin()._isOver = true;
        stdin.push(null);
        hold(false);
    } else {
        ownStdin().push(bufferOf(bytes));
    }
};
