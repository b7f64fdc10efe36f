// Map and Set through structuredClone and a message: nested, in cycles, shared; what is refused.
'use strict';

const channel = new (require('worker_threads').MessageChannel)();

function list(iterable) {
    var values = [];
    iterable.forEach(function (value, key) {
        values.push([key, value]);
    });
    return values;
}

function check(copy) {
    console.log(copy instanceof Map, copy.size, list(copy)[0].join(), copy.get('set') instanceof Set,
        list(copy.get('set')).join(), copy.get('self') === copy, copy.get('set').has(copy),
        copy.get(copy.get('object')) === 'by object', copy.own);
}

const map = new Map([[1, 2], ['set', new Set(['a'])], ['object', { a: 1 }]]);
map.set('self', map).set(map.get('object'), 'by object').own = 'not cloned';
map.get('set').add(map);
check(structuredClone(map));
console.log(structuredClone([new Set(), new Map()]).map(function (value) {
    return value.size;
}).join());
const deep = new Map();
for (var i = 0, at = deep; i < 2000; i++) {
    var next = new Map();
    at.set('next', next);
    at = next;
}
var depth = 0;
for (at = structuredClone(deep); at.has('next'); at = at.get('next')) {
    depth++;
}
console.log(depth);
[Promise.resolve(), new WeakMap(), new WeakSet(), new Map().keys(), [].values(),
    new WeakRef({})].forEach(function (value) {
    try {
        structuredClone(value);
        console.log('cloned');
    } catch (error) {
        console.log(error.name, error.message);
    }
});
channel.port1.on('message', function (copy) {
    check(copy);
    channel.port1.close();
});
channel.port2.postMessage(map);
