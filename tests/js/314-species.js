'use strict';
// Methods that make an array ask the array's constructor for it.
function Mine(n) { var a = new Array(n || 0); Object.setPrototypeOf(a, Mine.prototype); return a; }
Object.setPrototypeOf(Mine, Array);
Mine.prototype = Object.create(Array.prototype, { constructor: { value: Mine, writable: true, configurable: true } });
var mine = Mine.from([1, 2, 3]);
function kind(x) { return (x instanceof Mine ? 'Mine ' : 'Array ') + JSON.stringify(Array.prototype.slice.call(Array.from(x))); }
console.log(mine.length, mine instanceof Mine, kind(Mine.of(4, 5)));
console.log(kind(mine.map(function (x) { return x * 2; })));
console.log(kind(mine.filter(function (x) { return x > 1; })));
console.log(kind(mine.slice(1)), kind(mine.concat([9], 8)));
console.log(kind(mine.splice(1, 1, 'a', 'b')), kind(mine));
console.log(kind(mine.splice(0, 2)), kind(mine), kind(mine.flat()), kind(mine.flatMap(function (x) { return [x, x]; })));
console.log(kind(mine.toSorted()), kind(mine.toReversed()), kind(mine.with(0, 1)));
var plain = [1, 2];
plain.constructor = undefined;
console.log(kind(plain.map(String)), kind(plain.slice()));
plain.constructor = {};
plain.constructor[Symbol.species] = Mine;
console.log(kind(plain.map(String)));
plain.constructor = 5;
try { plain.map(String); } catch (error) { console.log(error.name, error.message); }
var spread = { length: 2, 0: 'x', 1: 'y' };
spread[Symbol.isConcatSpreadable] = true;
console.log([0].concat(spread, [[1]]), mine.concat(spread).length);
