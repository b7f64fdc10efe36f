// The second argument of postMessage.
'use strict';

const errors = require('errors');

// An array of what a list holds; undefined when it is no list.
function arrayOf(list) {
    if (Array.isArray(list)) {
        return list;
    }
    var iterate = list !== null && typeof list === 'object' ? list[Symbol.iterator] : undefined;
    if (typeof iterate !== 'function') {
        return undefined;
    }
    var array = [];
    var iterator = iterate.call(list);
    if (iterator === null || typeof iterator !== 'object' || typeof iterator.next !== 'function') {
        return undefined;
    }
    for (var step = iterator.next(); !step.done; step = iterator.next()) {
        array.push(step.value);
    }
    return array;
}

// The second argument of postMessage: a list, { transfer: list }, or nothing.
function transferList(value) {
    if (value === undefined || value === null) {
        return undefined;
    }
    var list = arrayOf(value);
    if (list === undefined && typeof value === 'object') {
        list = value.transfer;
        if (list === undefined) {
            return undefined;
        }
        if ((list = arrayOf(list)) === undefined) {
            throw errors.coded(TypeError, 'ERR_INVALID_ARG_TYPE',
                'Optional options.transfer argument must be an iterable');
        }
    }
    if (list === undefined) {
        throw errors.coded(TypeError, 'ERR_INVALID_ARG_TYPE',
            'Optional transferList argument must be an iterable');
    }
    return list;
}

exports.arrayOf = arrayOf;
exports.transferList = transferList;
