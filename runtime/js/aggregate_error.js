'use strict';
// AggregateError, made when it is first asked for.

function AggregateError(errors, message, options) {
    const made = message === undefined ? new Error(undefined, options) : new Error(message, options);
    const target = new.target;
    Object.setPrototypeOf(made, target ? target.prototype : AggregateError.prototype);
    Object.defineProperty(made, 'errors', { value: Array.from(errors), writable: true, configurable: true });
    Error.captureStackTrace(made, AggregateError);
    return made;
}

Object.setPrototypeOf(AggregateError, Error);
Object.defineProperty(AggregateError, 'length', { value: 2 });
AggregateError.prototype = Object.create(Error.prototype, {
    constructor: { value: AggregateError, writable: true, configurable: true },
    name: { value: 'AggregateError', writable: true, configurable: true },
    message: { value: '', writable: true, configurable: true }
});
Object.defineProperty(AggregateError, 'prototype', { writable: false });

exports.AggregateError = AggregateError;

// For Promise.any: `errors` is an array of its own, which no iterator of the script gets to see.
exports.make = function (errors, message) {
    const made = new AggregateError([], message);
    Object.defineProperty(made, 'errors', { value: errors });
    return made;
};
