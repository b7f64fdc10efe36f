// setEnvironmentData and getEnvironmentData of worker_threads: values that every worker starts with a
// copy of. Keys are any values; few are expected, so they are a list.
'use strict';

var keys = [];
var values = [];

function find(key) {
    for (var i = 0; i < keys.length; i++) {
        if (keys[i] === key || (key !== key && keys[i] !== keys[i])) {
            return i;
        }
    }
    return -1;
}

exports.setEnvironmentData = function setEnvironmentData(key, value) {
    var at = find(key);
    if (value === undefined) {
        if (at >= 0) {
            keys.splice(at, 1);
            values.splice(at, 1);
        }
    } else if (at >= 0) {
        values[at] = value;
    } else {
        keys.push(key);
        values.push(value);
    }
};

exports.getEnvironmentData = function getEnvironmentData(key) {
    return values[find(key)];
};

// [key, value, key, value...] for a worker, and what a worker got.
exports.entries = function () {
    var list = [];
    for (var i = 0; i < keys.length; i++) {
        list.push(keys[i], values[i]);
    }
    return list;
};

exports.inherit = function (list) {
    for (var i = 0; i < list.length; i += 2) {
        exports.setEnvironmentData(list[i], list[i + 1]);
    }
};
