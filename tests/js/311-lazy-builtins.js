'use strict';
// Built-in methods behave as if they had all been there from the start: found, listed, overwritten,
// deleted for good, frozen.
function has(object, name) { return Object.prototype.hasOwnProperty.call(object, name); }

console.log(has(Math, 'sinh'), 'sinh' in Math, Object.getOwnPropertyNames(Math).indexOf('cosh') >= 0);
console.log(delete Math.tanh, has(Math, 'tanh'), typeof Math.tanh, Object.getOwnPropertyNames(Math).indexOf('tanh'));
Math.asinh = 5;
console.log(Math.asinh, Object.keys(Math).length, delete Math.asinh, Math.asinh);
console.log(Array.prototype.map === [].map, [].map.name, [].map.length, delete Array.prototype.map, [].map);
Array.prototype.map = function () { return 'mine'; };
console.log([1].map(), Object.keys(Array.prototype).join());
var count = 0;
for (var key in [1, 2]) { count++; }
console.log(count, delete Array.prototype.map);
Object.freeze(Date.prototype);
console.log(Object.isFrozen(Date.prototype), typeof new Date(0).getTime, new Date(0).toISOString());
try { Date.prototype.getTime = 1; } catch (error) { console.log(error.name); }
Object.preventExtensions(Reflect);
console.log(typeof Reflect.ownKeys, Reflect.has({ a: 1 }, 'a'));
Object.defineProperty(String.prototype, 'trim', { value: function () { return 'trimmed'; } });
console.log(' x '.trim(), delete String.prototype.nothing, 'x'.nothing, 'at\0x' in Math, [].constructor === Array);
console.log(JSON.stringify(Object.getOwnPropertyDescriptor(Array, 'isArray')), Array.isArray.name);
console.log(Date.prototype.toGMTString === Date.prototype.toUTCString);
