// Names, lengths, attributes and errors of Promise; brand checks; subclasses by species.
'use strict';

function show(object, title) {
    Object.getOwnPropertyNames(object).concat(Object.getOwnPropertySymbols(object))
        .filter(function (key) {
            return !/^(caller|arguments|withResolvers)$/.test(String(key));
        }).map(function (key) {
            var own = Object.getOwnPropertyDescriptor(object, key);
            var value = own.get || own.value;
            return title + String(key) + ' ' + (typeof value === 'function' ?
                value.name + '/' + value.length : String(value)) + ' ' +
                own.writable + ' ' + own.enumerable + ' ' + own.configurable;
        }).sort().forEach(function (line) {
            console.log(line);
        });
}

function attempt(name, action) {
    try {
        console.log(name, action());
    } catch (error) {
        console.log(name, error.name + ': ' + error.message);
    }
}

show(Promise, 'Promise.');
show(Promise.prototype, 'Promise.prototype.');
console.log(Object.prototype.toString.call(Promise.resolve()));

attempt('call', function () { return Promise(function () {}); });
attempt('no executor', function () { return new Promise(); });
attempt('object', function () { return new Promise({}); });
attempt('array', function () { return new Promise([]); });
attempt('then', function () { return Promise.prototype.then.call({}); });
attempt('then of 5', function () { return Promise.prototype.then.call(5); });
attempt('resolve', function () { return Promise.resolve.call(undefined, 1); });
attempt('not a constructor', function () { return Promise.resolve.call(function () {}.bind, 1); });
attempt('same', function () {
    var promise = Promise.resolve(1);
    return Promise.resolve(promise) === promise;
});

// A subclass as a compiler to ES5 makes it.
function Sub(executor) {
    var self = new Promise(executor);
    Object.setPrototypeOf(self, Sub.prototype);
    return self;
}
Object.setPrototypeOf(Sub, Promise);
Sub.prototype = Object.create(Promise.prototype, { constructor: { value: Sub } });

const sub = Sub.resolve(7);
const derived = sub.then(function (value) {
    return value + 1;
});
console.log(sub instanceof Sub, derived instanceof Sub, Sub.reject(1).catch(function () {}) instanceof Sub,
    sub.finally(function () {}) instanceof Sub);
derived.then(function (value) {
    console.log('derived', value);
});

function Other(executor) {
    executor(function (value) {
        console.log('Other resolved', value);
    }, function () {});
}
Promise.resolve.call(Other, 'foreign');
attempt('executor called twice', function () {
    return Promise.resolve.call(function (executor) {
        executor(function () {}, function () {});
        executor(function () {}, function () {});
    });
});
attempt('no functions', function () {
    return Promise.resolve.call(function (executor) {
        executor(1, 2);
    });
});
