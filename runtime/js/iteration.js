// Iteration in lowered code. Arrays whose iteration is as the language made it are walked by index;
// of() gives them back as they are. Everything else gets a Walk, which lowered loops step through:
//
//   s = of(x); try { for (...; s.next === void 0 ? i < s.length : s.next(); ) ... s.value ... }
//   catch (e) { throw fail(s, e); } finally { close(s); }
'use strict';

const natives = native('tasks');
const written = native('lowered').written;
const isArray = Array.isArray;
const toString = Object.prototype.toString;
const ITERATOR = Symbol.iterator;
const arrayValues = Array.prototype[ITERATOR];
const arrayWalk = arrayValues === undefined ? undefined : Object.getPrototypeOf([][ITERATOR]());
const arrayNext = arrayWalk && arrayWalk.next;
const typedValues = Object.getPrototypeOf(Uint8Array.prototype)[ITERATOR];
const stringValues = String.prototype[ITERATOR];

function isObject(value) {
    return value !== null && typeof value === 'object' || typeof value === 'function';
}

function describe(value) {
    if (value === null || typeof value === 'undefined') {
        return String(value);
    }
    if (isObject(value)) {
        return typeof value === 'function' ? String(value) : 'object';
    }
    return typeof value + ' ' + String(value);
}

// argument: which one it is of the call that lowered code made.
function notIterable(value, argument) {
    var text = written(argument);
    if (text !== undefined) {
        return new TypeError(/\(\.\.\.\)$/.test(text) ?
            text.slice(0, -5) + ' is not a function or its return value is not iterable' :
            text + ' is not iterable');
    }
    return new TypeError(describe(value) + ' is not iterable' +
        (isObject(value) ? '' : ' (cannot read property Symbol(Symbol.iterator))'));
}

// Whether walking it by index is what its iterator does.
function isPlain(value) {
    if (isArray(value)) {
        return value[ITERATOR] === arrayValues && (arrayWalk === undefined || arrayWalk.next === arrayNext) &&
            value.next === undefined;
    }
    if (!isObject(value)) {
        return false;
    }
    return ArrayBuffer.isView(value) && typedValues !== undefined && value[ITERATOR] === typedValues &&
        arrayWalk.next === arrayNext;
}

function isArguments(value) {
    return isObject(value) && toString.call(value) === '[object Arguments]' &&
        value[ITERATOR] === arrayValues && arrayWalk.next === arrayNext;
}

// The characters of a string, pairs of surrogates as one.
function characters(string) {
    var list = [];
    for (var i = 0; i < string.length; i++) {
        var code = string.charCodeAt(i);
        var isPair = code >= 0xd800 && code < 0xdc00 && i + 1 < string.length &&
            (string.charCodeAt(i + 1) & 0xfc00) === 0xdc00;
        list.push(isPair ? string[i] + string[++i] : string[i]);
    }
    return list;
}

// The iterator of a value; throws what Node throws when there is none.
function iteratorOf(value, argument) {
    var method = value === undefined || value === null ? undefined : value[ITERATOR];
    if (typeof method !== 'function') {
        if (!isArguments(value) || arrayValues === undefined) {
            throw notIterable(value, argument || 0);
        }
        method = arrayValues;
    }
    var iterator = method.call(value);
    if (!isObject(iterator)) {
        throw new TypeError('Result of the Symbol.iterator method is not an object');
    }
    return iterator;
}

// ---- walks --------------------------------------------------------------------------------------

function Walk(iterator) {
    this.iterator = iterator;
    this.step = iterator.next;
    this.isDone = false; // or failed: there is nothing to close
    this.value = undefined;
}

function badResult(result) {
    return new TypeError('Iterator result ' + String(result) + ' is not an object');
}

// Goes to the next value; false at the end.
Walk.prototype.next = function () {
    this.isDone = true;
    var result = this.step.call(this.iterator);
    if (!isObject(result)) {
        throw badResult(result);
    }
    if (result.done) {
        return false;
    }
    this.value = result.value;
    this.isDone = false;
    return true;
};

// A walk over a Map or Set, without a result object for each value.
function NativeWalk(iterator) {
    this.iterator = iterator;
    this.isDone = false;
    this.value = undefined;
}

NativeWalk.prototype = Object.create(Walk.prototype);

NativeWalk.prototype.next = function () {
    if (natives.step(this.iterator, this)) {
        return true;
    }
    this.isDone = true;
    return false;
};

// Tells the iterator that no more is wanted.
Walk.prototype.close = function () {
    this.isDone = true;
    var method = this.iterator['return'];
    if (method !== undefined && method !== null) {
        var result = method.call(this.iterator);
        if (!isObject(result)) {
            throw badResult(result);
        }
    }
};

var generatorWalk; // of coroutines.js: a walk of a generator as the language made it, or null

function of(value, argument) {
    if (isPlain(value)) {
        return value;
    }
    if (typeof value === 'string' && value[ITERATOR] === stringValues) {
        return characters(value);
    }
    if (isArguments(value)) {
        return Array.prototype.slice.call(value);
    }
    var iterator = iteratorOf(value, argument);
    return generatorWalk(iterator) ||
        (natives.isWalkable(iterator) ? new NativeWalk(iterator) : new Walk(iterator));
}

// Up to `count` values (-1: all) of an iterable, by index.
function array(value, count, argument) {
    var source = of(value, argument);
    if (source.next === undefined) {
        return source;
    }
    if (count < 0 && source instanceof NativeWalk) {
        return natives.rest(source.iterator);
    }
    var list = [];
    while (list.length !== count && source.next()) {
        list.push(source.value);
    }
    if (!source.isDone) {
        source.close();
    }
    return list;
}

// list([a, b], iterable, [c], iterable ...): a new array of all of it
function list() {
    var all = arguments[0];
    for (var i = 1; i < arguments.length; i++) {
        var part = i % 2 === 1 ? array(arguments[i], -1, i) : arguments[i];
        for (var k = 0; k < part.length; k++) {
            all.push(part[k]);
        }
    }
    return all;
}

exports.iteratorOf = iteratorOf;
exports.Walk = Walk;
exports.walkGenerators = function (walk) {
    generatorWalk = walk;
};
exports.badResult = badResult;

exports.install = function (lowered) {
    lowered.of = of;
    lowered.array = array;
    lowered.list = list;

    // An error left the loop's body (or came from the iterator itself): what the loop throws.
    lowered.fail = function (source, error) {
        if (source instanceof Walk && !source.isDone && !lowered.isLeaving(error)) {
            try {
                source.close();
            } catch (second) {
                // the first error wins
            }
            source.isDone = true;
        }
        return error;
    };

    lowered.close = function (source) {
        if (source instanceof Walk && !source.isDone) {
            source.close();
        }
    };
};
