'use strict';
// Array methods of ES2015 to ES2023: values, holes, array-likes, negative positions.
var s = JSON.stringify;
var holey = [1, , 3];
console.log(s([1, 2, 3].at(-1)), s([1].at(5)), [, 1].at(0));
console.log(s([1, 2, 3].fill(0, 1)), s(Array(3).fill(7)), s([1, 2, 3, 4].fill(9, -3, -1)));
console.log(s([1, 2, 3, 4, 5].copyWithin(0, 3)), s([1, 2, 3, 4, 5].copyWithin(1, 0, 4)), s([1, , 3, 4].copyWithin(2, 0, 2)));
console.log([5, 6, 7].find(function (x) { return x > 5; }), [5, 6].findIndex(function (x) { return x === 9; }),
    [5, 6, 7].findLast(function (x) { return x < 7; }), [5, 6, 7].findLastIndex(function (x) { return x < 7; }));
console.log(holey.find(function (x) { return x === undefined; }), holey.findIndex(function (x) { return x === undefined; }));
console.log([NaN].includes(NaN), [NaN].indexOf(NaN), [1, 2].includes(1, 1), [-0].includes(0), holey.includes(undefined));
console.log(s([1, [2, [3, [4]]]].flat()), s([1, [2, [3, [4]]]].flat(Infinity)), s([1, , [2, , 3]].flat()), s([[1]].flat(0)));
console.log(s([1, 2].flatMap(function (x) { return [x, [x * 2]]; })), s([1, 2].flatMap(function (x) { return x; })));
console.log(s(holey.toReversed()), s([3, 1, 2].toSorted()), s([3, , undefined, 1].toSorted()), s([1, 2, 3].with(-1, 9)));
console.log(s([1, 2, 3].toSpliced(1, 1, 'a', 'b')), s([1, 2, 3].toSpliced(-1)), s([1, 2].toSpliced()), s([1, 2].toSpliced(0, 5)));
console.log(s(Array.of(7)), s(Array.of(1, 2)), s(Array.from('abc')), s(Array.from({ length: 2, 0: 'x' })), s(Array.from([1, 2], function (x, i) { return x * 10 + i; })));
console.log(s(Array.from(new Uint8Array([1, 2]))), s(Array.from({ length: 3 }, function () { return this.v; }, { v: 4 })));
console.log(Array.prototype.at.call({ length: 2, 1: 'y' }, -1), s(Array.prototype.fill.call({ length: 2 }, 4)));
['at', 'copyWithin', 'fill', 'find', 'findIndex', 'findLast', 'findLastIndex', 'flat', 'flatMap', 'includes', 'toReversed', 'toSorted',
    'toSpliced', 'with', 'sort', 'map', 'filter', 'slice', 'splice', 'concat'].forEach(function (name) {
    var f = Array.prototype[name], d = Object.getOwnPropertyDescriptor(Array.prototype, name);
    console.log(name, f.name, f.length, d.writable, d.enumerable, d.configurable, f.hasOwnProperty('prototype'));
});
console.log(Array.from.name, Array.from.length, Array.of.length, Array[Symbol.species] === Array, Array.from.hasOwnProperty('prototype'));
function error(f) { try { return s(f()); } catch (e) { return e.name + ': ' + e.message; } }
console.log(error(function () { return [].find(); }));
console.log(error(function () { return [].flatMap(3); }));
console.log(error(function () { return [1].with(3, 1); }));
console.log(error(function () { return [].sort(null); }));
console.log(error(function () { return Array.prototype.find.call(null); }));
console.log(error(function () { return Array.from([1], 5); }));
console.log(error(function () { return new (function () {}.bind())().length; }));
console.log(Object.keys(Array.prototype[Symbol.unscopables]).sort().join());
