// Errors with Node's codes and wording, for the modules here. `code` is an own property and the
// stack's head line shows it, as in Node: "TypeError [ERR_X]: message".
'use strict';

function coded(Base, code, message) {
    var error = new Base(message);
    var head = error.name + ': ' + message;
    var stack = String(error.stack);
    if (stack.slice(0, head.length) === head) {
        stack = error.name + ' [' + code + ']: ' + message + stack.slice(head.length);
    }
    Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true });
    error.code = code;
    return error;
}

// "type number (5)", "an instance of Foo", "function f", "undefined"
function received(value) {
    var inspect = require('inspect').inspect;
    if (value === null || value === undefined) {
        return String(value);
    }
    if (typeof value === 'function') {
        return 'function ' + value.name;
    }
    if (typeof value === 'object') {
        return value.constructor && value.constructor.name ?
            'an instance of ' + value.constructor.name : inspect(value, { depth: -1 });
    }
    var text = inspect(value);
    return 'type ' + typeof value + ' (' + (text.length > 28 ? text.slice(0, 25) + '...' : text) + ')';
}

// `expected` completes "must be": "of type function", "one of type string or object".
function invalidType(name, expected, value) {
    var what = /( argument|\.)/.test(name) ? (/ argument$/.test(name) ? name : '"' + name + '" property') :
        '"' + name + '" argument';
    return coded(TypeError, 'ERR_INVALID_ARG_TYPE',
        'The ' + what + ' must be ' + expected + '. Received ' + received(value));
}

// 1_234_567, for integers that are hard to read without.
function readable(value) {
    var text = require('inspect').inspect(value);
    return typeof value === 'number' && Math.abs(value) > 4294967296 && Math.floor(value) === value ?
        text.replace(/\B(?=(\d{3})+$)/g, '_') : text;
}

function outOfRange(name, range, value) {
    return coded(RangeError, 'ERR_OUT_OF_RANGE', 'The value of "' + name + '" is out of range. ' +
        'It must be ' + range + '. Received ' + readable(value));
}

// The argument or property (a name with a dot) has a type that is right and a value that is not.
function invalidValue(name, value, reason) {
    var text = require('inspect').inspect(value);
    return coded(TypeError, 'ERR_INVALID_ARG_VALUE', 'The ' +
        (name.indexOf('.') >= 0 ? 'property' : 'argument') + " '" + name + "' " +
        (reason || 'is invalid') + '. Received ' +
        (text.length > 128 ? text.slice(0, 128) + '...' : text));
}

// What an operation that an AbortSignal ended fails with.
function AbortError(reason) {
    Error.captureStackTrace(this, abortError);
    Object.defineProperty(this, 'message', { value: 'The operation was aborted', writable: true,
        configurable: true });
    if (reason !== undefined) {
        Object.defineProperty(this, 'cause', { value: reason, writable: true, configurable: true });
    }
    this.code = 'ABORT_ERR';
    this.name = 'AbortError';
    Object.defineProperty(this, 'stack', { value: String(this.stack)
        .replace(/^[^\n]*/, 'AbortError: The operation was aborted'), writable: true, configurable: true });
}

AbortError.prototype = Object.create(Error.prototype, {
    constructor: { value: AbortError, writable: true, configurable: true }
});

function abortError(reason) {
    return new AbortError(reason);
}

function requireFunction(value, name) {
    if (typeof value !== 'function') {
        throw invalidType(name, 'of type function', value);
    }
}

function requireString(value, name) {
    if (typeof value !== 'string') {
        throw invalidType(name, 'of type string', value);
    }
}

exports.coded = coded;
exports.abortError = abortError;
exports.received = received;
exports.invalidValue = invalidValue;
exports.invalidType = invalidType;
exports.outOfRange = outOfRange;
exports.requireFunction = requireFunction;
exports.requireString = requireString;
