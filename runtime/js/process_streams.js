// process.stdin, stdout and stderr as streams. What is written is written at once, whatever it goes to.
'use strict';

const stream = require('stream');
const system = native('stdio');

function nothing() {
    return this;
}

// end() and destroy() leave the descriptor open: others write to it as well.
exports.output = function (descriptor) {
    var made = new stream.Writable({
        decodeStrings: false,
        emitClose: false,
        autoDestroy: false,
        write: function (chunk, encoding, done) {
            var isText = typeof chunk === 'string' && (encoding === 'utf8' || encoding === 'utf-8');
            system.write(descriptor, typeof chunk !== 'string' || isText ? chunk :
                require('buffer').Buffer.from(chunk, encoding));
            done();
        }
    });
    made.fd = descriptor;
    made._type = 'fs';
    made._isStdio = true;
    made.destroySoon = made.destroy = nothing;
    made._destroy = function (error, callback) { callback(error); };
    return made;
};

exports.input = function () {
    return new (require('fs_streams').ReadStream)(null, { fd: 0, autoClose: false });
};
