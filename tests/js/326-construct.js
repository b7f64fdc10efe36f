'use strict';
// Reflect.construct with another newTarget: its prototype is what the result gets.
function Base(x) { this.x = x; this.was = this instanceof Other; }
function Other() {}
Other.prototype.hello = function () { return 'hello ' + this.x; };
var made = Reflect.construct(Base, [5], Other);
console.log(made.hello(), made instanceof Base, made.was, made.constructor === Other);
[[Array, [3], 'length'], [Error, ['told'], 'message'], [Date, [0], 'nothing'], [Uint8Array, [4], 'length'], [RegExp, ['a+'], 'source']].forEach(function (row) {
    var it = Reflect.construct(row[0], row[1], Other);
    console.log(row[0].name, Object.getPrototypeOf(it) === Other.prototype, Object.prototype.toString.call(it));
});
function None() {}
None.prototype = 5;
console.log(Object.getPrototypeOf(Reflect.construct(Array, [], None)) === Array.prototype, Reflect.construct(Base, [1]).was);
function error(f) { try { return f(); } catch (e) { return e.name + ': ' + e.message; } }
console.log(error(function () { return Reflect.construct(Math.max, []); }).split(':')[0]);
console.log(error(function () { return Reflect.construct(Base, [], Math.max); }).split(':')[0]);
console.log(error(function () { return Reflect.construct(Base); }));
console.log(error(function () { return Reflect.construct(function () { throw new Error('thrown'); }, [], Other); }), new Base(2).was);
