// The parts of Promise that are script: the combinators and finally. The constructor, then and what
// they leave in the queue of microtasks are native (engine/promise.c), which calls these with its
// own `this`. Element functions are called once; later calls are ignored.
'use strict';

const tasks = native('tasks');

function requireObject(value, method) {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
        throw new TypeError(method + ' called on non-object');
    }
}

// ---- iteration ------------------------------------------------------------------------------------

// Tells an iterator that was left early; the error that made us leave is the one that counts.
function close(iterator) {
    try {
        var method = iterator.return;
        if (method !== undefined && method !== null) {
            method.call(iterator);
        }
    } catch (error) {
        // the first error wins
    }
}

function iterate(iterable, callback) {
    var method = iterable === undefined || iterable === null ? undefined : iterable[Symbol.iterator];
    if (typeof method !== 'function') {
        var isBare = iterable === undefined || (iterable !== null && typeof iterable === 'object');
        throw new TypeError((isBare ? typeof iterable : typeof iterable + ' ' + String(iterable)) +
            ' is not iterable (cannot read property Symbol(Symbol.iterator))');
    }
    var iterator = method.call(iterable);
    requireObject(iterator, 'Result of the Symbol.iterator method');
    var next = iterator.next;
    for (;;) {
        var step = next.call(iterator);
        if (step === null || (typeof step !== 'object' && typeof step !== 'function')) {
            throw new TypeError('Iterator result ' + String(step) + ' is not an object');
        }
        if (step.done) {
            return;
        }
        var value = step.value;
        var isDone = false;
        try {
            callback(value);
            isDone = true;
        } finally {
            if (!isDone) {
                close(iterator);
            }
        }
    }
}

exports.iterate = iterate; // for aggregate_error.js

// ---- combinators ----------------------------------------------------------------------------------

// Calls subscribe(promise, index, state, capability) for each; finish() when the last element came.
function combine(constructor, iterable, name, subscribe, finish) {
    requireObject(constructor, 'Promise.' + name);
    var capability = tasks.capability(constructor);
    var reject = capability.reject;
    try {
        var resolve = constructor.resolve;
        if (typeof resolve !== 'function') {
            throw new TypeError('Promise resolve or reject function is not callable');
        }
        var state = { values: [], remaining: 1, done: function () {
            if (--state.remaining === 0) {
                finish(state.values, capability);
            }
        } };
        var index = 0;
        iterate(iterable, function (value) {
            var promise = resolve.call(constructor, value);
            tasks.put(state.values, index, undefined);
            state.remaining++;
            subscribe(promise, index++, state, capability);
        });
        state.done();
    } catch (error) {
        reject(error);
    }
    return capability.promise;
}

// A function that puts what `make` makes of its argument at `index`; functions with the same `once`
// work only once together.
function element(state, index, once, make) {
    function set(value) {
        if (!once.isCalled) {
            once.isCalled = true;
            tasks.put(state.values, index, make(value));
            state.done();
        }
    }
    return Object.defineProperty(set, 'name', { value: '', configurable: true });
}

function same(value) {
    return value;
}

function resolveAll(values, capability) {
    var resolve = capability.resolve;
    resolve(values);
}

exports.all = function all(iterable) {
    return combine(this, iterable, 'all', function (promise, index, state, capability) {
        promise.then(element(state, index, {}, same), capability.reject);
    }, resolveAll);
};

function fulfilled(value) {
    return { status: 'fulfilled', value: value };
}

function rejected(reason) {
    return { status: 'rejected', reason: reason };
}

exports.allSettled = function allSettled(iterable) {
    return combine(this, iterable, 'allSettled', function (promise, index, state) {
        var once = {};
        promise.then(element(state, index, once, fulfilled), element(state, index, once, rejected));
    }, resolveAll);
};

function aggregate(reasons) {
    return require('aggregate_error').make(reasons, 'All promises were rejected');
}

exports.any = function any(iterable) {
    return combine(this, iterable, 'any', function (promise, index, state, capability) {
        promise.then(capability.resolve, element(state, index, {}, same));
    }, function (reasons, capability) {
        var reject = capability.reject;
        reject(aggregate(reasons));
    });
};

exports.race = function race(iterable) {
    return combine(this, iterable, 'race', function (promise, index, state, capability) {
        promise.then(capability.resolve, capability.reject);
    }, function () {});
};

exports.withResolvers = function withResolvers() {
    requireObject(this, 'Promise.withResolvers');
    return tasks.capability(this);
};

// ---- finally --------------------------------------------------------------------------------------

exports.finally = function (onFinally) {
    requireObject(this, 'Promise.prototype.finally');
    var constructor = tasks.species(this);
    if (typeof onFinally !== 'function') {
        return this.then(onFinally, onFinally);
    }
    return this.then(function (value) {
        return tasks.promiseFor(constructor, onFinally()).then(function () {
            return value;
        });
    }, function (reason) {
        return tasks.promiseFor(constructor, onFinally()).then(function () {
            throw reason;
        });
    });
};
