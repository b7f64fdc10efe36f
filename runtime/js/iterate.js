// Iteration for built-in modules, whose own syntax has none: any iterable, and lists as iterators.
'use strict';

// The values of an iterable as an array; undefined when it is none.
exports.list = function (iterable) {
    if (Array.isArray(iterable)) {
        return iterable;
    }
    var method = iterable[Symbol.iterator];
    if (typeof method !== 'function') {
        return undefined;
    }
    var iterator = method.call(iterable);
    var values = [];
    for (var step = iterator.next(); !step.done; step = iterator.next()) {
        values.push(step.value);
    }
    return values;
};

exports.iterator = function (iterable) {
    if (typeof iterable[Symbol.iterator] === 'function') {
        return iterable[Symbol.iterator]();
    }
    var at = 0;
    return { next: function () {
        return at < iterable.length ? { value: iterable[at++], done: false } :
            { value: undefined, done: true };
    } };
};

const base = typeof [][Symbol.iterator] === 'function' ?
    Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) : Object.prototype;

// A constructor of iterators with this tag; new Made(pull), where pull() gives { value, done }.
exports.kind = function (tag) {
    const PULL = Symbol('pull');
    function Made(pull) {
        Object.defineProperty(this, PULL, { value: pull });
    }
    Made.prototype = Object.create(base, {
        next: { writable: true, configurable: true, enumerable: true, value: function next() {
            return this[PULL]();
        } }
    });
    if (typeof Made.prototype[Symbol.iterator] !== 'function') {
        Object.defineProperty(Made.prototype, Symbol.iterator, { writable: true, configurable: true,
            value: function () { return this; } });
    }
    Object.defineProperty(Made.prototype, Symbol.toStringTag, { value: tag, configurable: true });
    Made.of = function (list) {
        var at = 0;
        return new Made(function () {
            return at < list.length ? { value: list[at++], done: false } :
                { value: undefined, done: true };
        });
    };
    return Made;
};
