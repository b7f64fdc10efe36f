'use strict';
// Object's functions of ES2017 to ES2024.
var o = { b: 1, a: 'x', 2: 'two', 1: 'one' };
Object.defineProperty(o, 'hidden', { value: 1 });
o[Symbol('s')] = 5;
console.log(Object.entries(o), Object.values(o), Object.entries('ab'), Object.values([7, , 8]));
console.log(Object.fromEntries([['a', 1], ['b', [2]], ['a', 3]]), Object.fromEntries(Object.entries(o)));
console.log(Object.hasOwn(o, 'a'), Object.hasOwn(o, 'hidden'), Object.hasOwn(o, 'toString'), Object.hasOwn('ab', 1), Object.hasOwn([1], 'length'));
console.log(Object.getOwnPropertyDescriptors({ y: 2 }), Reflect.ownKeys(Object.getOwnPropertyDescriptors(o)).length);
console.log(Object.is(NaN, NaN), Object.is(0, -0), Object.assign({ a: 1 }, null, { b: 2 }, 'xy'));
var order = [];
var seen = Object.entries({ get a() { order.push('a'); return 1; }, get b() { order.push('b'); return 2; } });
console.log(order, seen);
['entries', 'values', 'fromEntries', 'hasOwn', 'getOwnPropertyDescriptors', 'assign', 'is'].forEach(function (name) {
    var d = Object.getOwnPropertyDescriptor(Object, name);
    console.log(name, Object[name].length, Object[name].name, d.enumerable, d.writable, d.configurable);
});
function error(f) { try { return f(); } catch (e) { return e.name + ': ' + e.message; } }
console.log(error(function () { return Object.entries(null); }));
console.log(error(function () { return Object.fromEntries(); }));
console.log(error(function () { return Object.fromEntries([5]); }));
