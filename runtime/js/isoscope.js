// isoscope: what only this runtime has.
'use strict';

const errors = require('errors');
const system = native('threads');

// Runs fn() as a job with a name of its own: its duration and the live heap after it are recorded, and
// drift is judged by name. Returns what fn returns.
exports.job = function (name, fn) {
    if (typeof name !== 'string') {
        throw errors.invalidType('name', 'of type string', name);
    }
    if (typeof fn !== 'function') {
        throw errors.invalidType('fn', 'of type function', fn);
    }
    return system.job(name, fn);
};
