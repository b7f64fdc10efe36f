'use strict';
// %TypedArray%: every method, on one integer and one float kind.
var TypedArray = Object.getPrototypeOf(Int8Array);
function show(x) { return x && x.buffer ? x.constructor.name + '[' + Array.prototype.slice.call(x).join() + ']' : String(x); }
[Int16Array, Float64Array].forEach(function (T) {
    var a = T.of(5, 1, 4, -2, 3);
    console.log(show(T.from([1, 2.5, '3'])), show(T.from({ length: 2, 0: 7 })), show(T.from('12', function (x) { return x * 2; })));
    console.log(a.at(-1), a.length, a.byteLength, a.byteOffset, a[Symbol.toStringTag], Object.prototype.toString.call(a));
    console.log(show(a.slice(1, -1)), show(a.subarray(1, 3)), a.subarray(1).byteOffset, a.subarray(1).buffer === a.buffer);
    console.log(show(a.map(function (x) { return x / 2; })), show(a.filter(function (x) { return x > 2; })));
    console.log(a.every(function (x) { return x > -3; }), a.some(function (x) { return x > 5; }), a.reduce(function (x, y) { return x + y; }),
        a.reduceRight(function (x, y) { return x + ',' + y; }, ''));
    console.log(a.find(function (x) { return x < 2; }), a.findIndex(function (x) { return x === 4; }), a.findLast(function (x) { return x > 3; }), a.findLastIndex(function (x) { return x > 9; }));
    console.log(a.includes(4), a.includes(NaN), T.of(NaN).includes(NaN), a.indexOf(3), a.lastIndexOf(5, -2), a.indexOf('3'), a.join('|'), a.toString());
    console.log(show(a.toReversed()), show(a.toSorted()), show(a.with(0, 9)), show(a));
    console.log(show(a.sort()), show(a.sort(function (x, y) { return y - x; })), show(a.reverse()), show(a.fill(8, 3)), show(a.copyWithin(0, 2)));
    a.set([10, 20], 1);
    a.set(new Uint8Array([7, 8]), 3);
    console.log(show(a), a.hasOwnProperty('length'), Object.keys(a).join());
    a.forEach(function (x, i, all) { if (i === 4) { console.log(x, all === a, this.t); } }, { t: 1 });
});
console.log(show(Float32Array.of(3, -0, 0, NaN, -Infinity, 1).sort().map(function (x) { return Object.is(x, -0) ? -1000 : x; })));
console.log(show(new Uint8ClampedArray([300, -5, 1.5, 2.5])), show(new Int8Array(new Uint8Array([255, 128]))), show(new Uint8Array(new Float32Array([257.9]))));
console.log(TypedArray.name, TypedArray.length, TypedArray[Symbol.species] === TypedArray, Object.getPrototypeOf(Float64Array) === TypedArray);
var overlap = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
new Uint16Array(overlap.buffer).set(overlap.subarray(0, 4));
console.log(show(overlap));
['at', 'fill', 'find', 'join', 'set', 'slice', 'subarray', 'with', 'reduce', 'toString', 'copyWithin'].forEach(function (name) {
    var f = TypedArray.prototype[name];
    console.log(name, f.name, f.length, f.hasOwnProperty('prototype'));
});
console.log(TypedArray.prototype.toString === Array.prototype.toString, Object.getOwnPropertyDescriptor(TypedArray.prototype, 'length').get.name);
function error(f) { try { return show(f()); } catch (e) { return e.name + ': ' + e.message; } }
console.log(error(function () { return TypedArray(); }));
console.log(error(function () { return new TypedArray(); }));
console.log(error(function () { return Uint8Array(1); }));
console.log(error(function () { return new Uint16Array(new ArrayBuffer(3)); }));
console.log(error(function () { return new Uint16Array(new ArrayBuffer(4), 1); }));
console.log(error(function () { return new Uint16Array(new ArrayBuffer(4), 6); }));
console.log(error(function () { return new Uint16Array(new ArrayBuffer(4), 0, 3); }));
console.log(error(function () { return new Uint8Array(-1); }));
console.log(error(function () { return new Uint8Array(2).set([1], 2); }));
console.log(error(function () { return new Uint8Array(2).with(5, 1); }));
console.log(error(function () { return TypedArray.prototype.fill.call([]); }));
console.log(error(function () { return new Uint8Array([]).reduce(function () {}); }));
