// An uncaught error on its way to the parent: what cloning alone would drop of it. Errors keep name,
// message, stack, cause and whatever own properties can be cloned, and come back as the nearest of
// JavaScript's own error classes; anything else is cloned, or else shown as text. As in Node.
'use strict';

const errors = require('errors');
const system = native('threads');
const CLASSES = { Error: Error, TypeError: TypeError, RangeError: RangeError, URIError: URIError,
    SyntaxError: SyntaxError, ReferenceError: ReferenceError, EvalError: EvalError };
const DEPTH_MAX = 8; // causes of causes

function attempt(read) {
    try {
        return read();
    } catch (error) {
        return undefined;
    }
}

function canClone(value) {
    return system.canClone(value);
}

// The name of the first of the chain of constructors that the receiver has as well.
function className(error) {
    for (var proto = error; proto !== null && proto !== undefined; proto = Object.getPrototypeOf(proto)) {
        var found = Object.getOwnPropertyDescriptor(proto, 'constructor');
        var name = found && typeof found.value === 'function' ? found.value.name : undefined;
        if (Object.prototype.hasOwnProperty.call(CLASSES, name)) {
            return name;
        }
    }
    return 'Error';
}

function propertiesOf(error, depth) {
    var own = { };
    Object.getOwnPropertyNames(error).concat(['name', 'message', 'stack']).forEach(function (name) {
        if (name === 'cause' || Object.prototype.hasOwnProperty.call(own, name)) {
            return;
        }
        var value = attempt(function () { return error[name]; });
        if (value !== undefined && typeof value !== 'function' && canClone(value)) {
            var descriptor = Object.getOwnPropertyDescriptor(error, name);
            own[name] = { value: value, isShown: !!descriptor && descriptor.enumerable };
        }
    });
    if (Object.prototype.hasOwnProperty.call(error, 'cause')) {
        own.cause = { packed: pack(error.cause, depth + 1), isShown: false };
    }
    return own;
}

function pack(error, depth) {
    var isError = attempt(function () {
        return Object.prototype.toString.call(error) === '[object Error]';
    });
    if (isError && depth < DEPTH_MAX) {
        var packed = attempt(function () {
            return { error: className(error), own: propertiesOf(error, depth) };
        });
        if (packed !== undefined) {
            return packed;
        }
    }
    var inspect = require('inspect').inspect;
    if (typeof error === 'object' && error !== null && attempt(function () {
        return inspect.custom !== undefined && typeof error[inspect.custom] === 'function';
    })) {
        return { shown: attempt(function () { return inspect(error); }), isBox: true };
    }
    if (typeof error === 'symbol') {
        return { symbol: String(error).slice(7, -1) };
    }
    if (canClone(error)) {
        return { value: error };
    }
    return { shown: attempt(function () { return inspect(error); }) || '[object Object]' };
}

exports.pack = function (error) {
    return pack(error, 0);
};

function unpackError(packed) {
    var Class = CLASSES[packed.error];
    var error = Object.create(Class.prototype);
    error = new Class();
    Object.defineProperty(error, 'stack', { value: undefined, writable: true, configurable: true });
    Object.keys(packed.own).forEach(function (name) {
        var one = packed.own[name];
        Object.defineProperty(error, name, {
            value: one.packed !== undefined ? exports.unpack(one.packed) : one.value,
            enumerable: one.isShown, writable: true, configurable: true
        });
    });
    return error;
}

exports.unpack = function (packed) {
    if (packed instanceof Error) { // what the natives could not pack, or read
        return errors.coded(Error, 'ERR_WORKER_UNSERIALIZABLE_ERROR',
            'Serializing an uncaught exception failed');
    }
    if (packed.error !== undefined) {
        return unpackError(packed);
    }
    if (packed.symbol !== undefined) {
        return Symbol(packed.symbol);
    }
    if (packed.shown !== undefined) {
        return packed.isBox ? inspectable(packed.shown) : packed.shown;
    }
    return packed.value;
};

// An object that looks as the one that was thrown.
function inspectable(text) {
    var box = {};
    box[require('inspect').inspect.custom] = function () { return text; };
    return box;
}
