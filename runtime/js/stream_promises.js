// stream/promises.
'use strict';

const stream = require('stream');

exports.finished = function finished(one, options) {
    return new Promise(function (resolve, reject) {
        stream.finished(one, options || {}, function (error) {
            return error ? reject(error) : resolve();
        });
    });
};

exports.pipeline = function pipeline() {
    var list = Array.prototype.slice.call(arguments);
    var last = list[list.length - 1];
    var isOptions = last !== null && typeof last === 'object' && typeof last.pipe !== 'function' &&
        typeof last.write !== 'function' && !Array.isArray(last);
    var options = isOptions ? list.pop() : {};
    return new Promise(function (resolve, reject) {
        stream.pipeline(list, function (error) {
            return error ? reject(error) : resolve();
        });
        if (options.signal) {
            list.forEach(function (one) { stream.addAbortSignal(options.signal, one); });
        }
    });
};
