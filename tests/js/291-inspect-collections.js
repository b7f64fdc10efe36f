// How Map, Set, Promise, WeakMap, iterators and cells without a form of their own look in print.
'use strict';

const inspect = require('util').inspect;

console.log(new Map(), new Set(), new Map([['a', 1], [{ b: 2 }, [3]]]), new Set(['x', { y: 1 }]));
console.log(Promise.resolve(5), Promise.resolve({ a: 1 }), new Promise(function () {}));
const rejected = Promise.reject(new RangeError('no').message);
rejected.catch(function () {});
console.log(rejected);
console.log(new WeakMap(), new WeakSet(), new WeakRef({}), new FinalizationRegistry(function () {}));

const map = new Map([[1, 'one'], [2, { deep: { deeper: { deepest: {} } } }]]);
map.self = map;
map.set('me', map);
console.log(map, inspect(map, { depth: 0 }), inspect([[[map]]], { depth: 1 }), inspect(map, { depth: null }));
console.log(map.keys(), map.values(), map.entries(), new Set([1]).values(), new Set([1]).entries());
const keys = map.keys();
keys.next();
console.log(keys, keys.next(), keys.next(), keys.next(), keys);
console.log([1].values(), 'a'[Symbol.iterator](), new Uint8Array(1).keys());

const many = new Set();
for (var i = 0; i < 120; i++) {
    many.add(i);
}
console.log(many);
console.log(inspect(many, { maxArrayLength: 3 }), inspect(new Map([[1, 2], [3, 4]]), { maxArrayLength: 1 }));
console.log(new Map([['a long key to make this line break somewhere', 'and a long value as well'],
    ['another', new Map([['inner', new Set([1, 2, 3])]])]]));

const bare = new Map([[1, 2]]);
Object.setPrototypeOf(bare, null);
console.log(bare);
const named = new Set([1]);
Object.setPrototypeOf(named, Object.create(Set.prototype, { constructor: { value: function Bag() {} } }));
console.log(named, { nested: { promise: Promise.resolve(new Map([[1, { a: { b: 1 } }]])) } });
const withProperty = Promise.resolve(1);
withProperty.extra = 'yes';
console.log(withProperty, [Promise.resolve(1)], inspect(Promise.resolve('a\nb')));
console.log('%o %s', new Set([1]), new Map([[1, 2]]), String(new Map()));
