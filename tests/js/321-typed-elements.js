'use strict';
// The elements of a typed array: what is outside does not exist and cannot be made; prototypes are not
// asked for keys that spell numbers.
var a = new Uint8Array([1, 2]);
Uint8Array.prototype[9] = 'no';
Object.prototype['-0'] = 'no';
Object.prototype['1.5'] = 'no';
Object.prototype['+1'] = 'yes';
console.log(a[9], a['-0'], a['1.5'], a['+1'], a[-1], a['NaN'], a['Infinity'], a['1e3']);
console.log(9 in a, '-0' in a, '1.5' in a, '+1' in a, 1 in a, 2 in a);
delete Uint8Array.prototype[9];
delete Object.prototype['-0'];
delete Object.prototype['1.5'];
delete Object.prototype['+1'];
a[5] = 1;
a[-1] = 1;
a['1.5'] = 1;
a.NaN = 1;
a['+1'] = 'a name';
console.log(Object.keys(a).join(), a['+1']);
console.log(Object.getOwnPropertyDescriptor(a, 0), Object.getOwnPropertyDescriptor(a, 2));
console.log(Reflect.defineProperty(a, 0, { value: 7 }), Reflect.defineProperty(a, 0, { value: 7, configurable: false }),
    Reflect.defineProperty(a, 2, { value: 7 }), Reflect.defineProperty(a, '-0', { value: 7 }),
    Reflect.defineProperty(a, 0, { get: function () {} }), Reflect.defineProperty(a, 0, { value: 8, writable: true, enumerable: true, configurable: true }), a[0]);
console.log(Reflect.deleteProperty(a, 0), Reflect.deleteProperty(a, 5), Reflect.deleteProperty(a, '1.5'));
function error(f) { try { return f(); } catch (e) { return e.name + ': ' + e.message; } }
console.log(error(function () { Object.freeze(a); }));
console.log(Object.isFrozen(Object.freeze(new Uint8Array(0))), error(function () { delete a[0]; }).split(':')[0]);
var order = [];
a[7] = { valueOf: function () { order.push('asked'); return 1; } };
console.log(order);
var child = Object.create(a);
child[0] = 5;
child[5] = 5;
console.log(child.hasOwnProperty(0), child.hasOwnProperty(5));
var moved = new Uint8Array([1, 2, 3]);
structuredClone(moved, { transfer: [moved.buffer] });
moved[0] = 5;
console.log(moved[0], moved.length, 0 in moved, Object.keys(moved).length, moved.byteOffset);
console.log(error(function () { moved.fill(1); }));
console.log(error(function () { moved.at(0); }));
console.log(error(function () { new Uint8Array(moved); }));
console.log(error(function () { new DataView(moved.buffer); }));
