// Iterators of arrays, typed arrays, strings and arguments; the prototypes they share.
'use strict';

function list(iterator) {
    var values = [];
    for (var step = iterator.next(); !step.done; step = iterator.next()) {
        values.push(step.value);
    }
    return JSON.stringify(values);
}

function attempt(action) {
    try {
        console.log(action());
    } catch (error) {
        console.log(error.name + ': ' + error.message);
    }
}

const up = Object.getPrototypeOf;
const array = [5, , 'x'];
console.log(list(array.keys()), list(array.values()), list(array.entries()));
console.log(list(new Uint8Array([1, 2]).keys()), list(new Float64Array([1.5, 2]).values()),
    list(new Int8Array([-1]).entries()));
console.log(list('a\ud83d\ude00b\ud800'[Symbol.iterator]()), list(''[Symbol.iterator]()));
console.log(list(Array.prototype.values.call({ length: 2, 0: 'p', 1: 'q' })),
    list(Array.prototype.values.call('ab')));
console.log(Array.prototype[Symbol.iterator] === Array.prototype.values,
    Uint8Array.prototype.hasOwnProperty('values'),
    up(Uint8Array.prototype)[Symbol.iterator] === up(Uint8Array.prototype).values);

const growing = [1, 2];
const iterator = growing.values();
console.log(iterator.next().value, growing.push(3), iterator.next().value, iterator.next().value,
    iterator.next().done, growing.push(4), iterator.next().done);
console.log(iterator[Symbol.iterator]() === iterator, String(iterator), String(''[Symbol.iterator]()));

const common = up(up(iterator));
console.log(common === up(up(new Map().keys())), common === up(up(new Set().values())),
    common === up(up(''[Symbol.iterator]())), up(common) === Object.prototype);
[common, up(iterator), up(''[Symbol.iterator]())].forEach(function (prototype) {
    Object.getOwnPropertyNames(prototype).concat(Object.getOwnPropertySymbols(prototype))
        .filter(function (key) {
            return key === 'next' || key === Symbol.iterator || key === Symbol.toStringTag;
        }).forEach(function (key) {
            var own = Object.getOwnPropertyDescriptor(prototype, key);
            console.log(String(key), typeof own.value === 'function' ?
                own.value.name + '/' + own.value.length : own.value, own.writable, own.enumerable,
            own.configurable);
        });
});
console.log(Object.keys(iterator.next()).join(), JSON.stringify(Object.getOwnPropertyDescriptor(
    [7].values().next(), 'value')));

attempt(function () { return iterator.next.call([]); });
attempt(function () { return ''[Symbol.iterator]().next.call(iterator); });
attempt(function () { return Array.prototype.values.call(null); });
attempt(function () { return String.prototype[Symbol.iterator].call(undefined); });
attempt(function () { return new Uint8Array().values.call([]); });
