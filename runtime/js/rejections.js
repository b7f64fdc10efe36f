// What becomes of promises that were rejected and have no handler when all microtasks have run, as
// Node does it by default: 'unhandledRejection' listeners, else an uncaught exception. Loaded on the
// first such rejection; the loop calls report().
'use strict';

const errors = require('errors');
const tasks = native('tasks');
var reported = []; // promises with their numbers, while a handler may still come
var count = 0;

function late(promise) {
    for (var i = 0; i < reported.length; i++) {
        if (reported[i].promise === promise) {
            break;
        }
    }
    var known = reported.splice(i, 1)[0];
    if (!process.emit('rejectionHandled', promise)) {
        var warning = new Error('Promise rejection was handled asynchronously (rejection id: ' +
            (known ? known.id : 0) + ')');
        warning.name = 'PromiseRejectionHandledWarning';
        process.emitWarning(warning);
    }
}

function nameOf(reason) {
    if (reason === null || typeof reason !== 'object') {
        return String(reason);
    }
    var maker = Array.isArray(reason) ? undefined : reason.constructor;
    return Array.isArray(reason) ? '[object Array]' :
        '#<' + (typeof maker === 'function' && maker.name ? maker.name : 'Object') + '>';
}

function errorFor(reason) {
    if (reason instanceof Error) {
        return reason;
    }
    var error = errors.coded(Error, 'ERR_UNHANDLED_REJECTION',
        'This error originated either by throwing inside of an async function without a catch ' +
        'block, or by rejecting a promise which was not handled with .catch(). The promise ' +
        'rejected with the reason "' + nameOf(reason) + '".');
    var stack = error.stack.replace('Error [ERR_UNHANDLED_REJECTION]', 'UnhandledPromiseRejection');
    Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true });
    Object.defineProperty(error, 'name',
        { value: 'UnhandledPromiseRejection', writable: true, configurable: true });
    return error;
}

function unhandled(promise) {
    if (!tasks.report(promise)) {
        return;
    }
    var reason = tasks.state(promise)[1];
    count++;
    reported.push({ promise: promise, id: count });
    if (process.emit('unhandledRejection', reason, promise)) {
        return;
    }
    require('process')._uncaughtOrigin = 'unhandledRejection';
    throw errorFor(reason);
}

exports.report = function report() {
    for (var next = tasks.rejection(); next !== undefined; next = tasks.rejection()) {
        if (next[1]) {
            late(next[0]);
        } else {
            unhandled(next[0]);
        }
    }
};
