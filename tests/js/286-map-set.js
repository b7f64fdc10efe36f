// Map and Set: keys by SameValueZero, order, changes while they are walked, many entries, surface.
'use strict';

function list(iterator) {
    var values = [];
    for (var step = iterator.next(); !step.done; step = iterator.next()) {
        values.push(step.value);
    }
    return values;
}

function attempt(name, action) {
    try {
        console.log(name, String(action()));
    } catch (error) {
        console.log(name, error.name + ': ' + error.message);
    }
}

const map = new Map([[1, 'a'], ['1', 'b'], [NaN, 'n'], [-0, 'z'], [null, 1], [undefined, 2], [true, 3],
    [Symbol.iterator, 4]]);
console.log(map.size, map.get(1), map.get('1'), map.get(NaN), map.get(0), map.get(-0), map.get(null),
    map.get(undefined), map.get(true), map.has(false), map.get(Symbol.iterator), map.get({}));
console.log(list(map.keys()).map(String).join(), Object.is(list(map.keys())[3], 0));
console.log(map.set(1, 'again') === map, list(map.values()).join(), map.delete('1'), map.delete('1'));

// Deleting and adding while it is walked.
const seen = [];
const set = new Set([1, 2, 3, 4, 5]);
set.forEach(function (value, key, all) {
    seen.push(value);
    all.delete(value);
    if (value < 400) {
        all.add(value + 10);
    }
});
console.log(seen.length, seen[seen.length - 1], set.size);

const walked = new Map();
for (var i = 0; i < 100; i++) {
    walked.set(i, i);
}
const half = walked.keys();
for (i = 0; i < 50; i++) {
    half.next();
}
for (i = 0; i < 90; i++) {
    walked.delete(i);
}
for (i = 1000; i < 1100; i++) { // closes the holes
    walked.set(i, i);
}
console.log(half.next().value, list(half).length);

const cleared = set.values();
set.add('x');
cleared.next();
set.clear();
set.add('after');
console.log(cleared.next().value, cleared.next().done);
set.add('too late');
console.log(cleared.next().done, list(set.entries()).join(' '));

// Many keys of three kinds.
const many = new Map();
const objects = [];
for (i = 0; i < 20000; i++) {
    objects.push({ i: i });
    many.set(objects[i], i).set(i + 0.5, objects[i]).set('key ' + i, i);
}
var wrong = 0;
for (i = 0; i < 20000; i++) {
    wrong += many.get(objects[i]) !== i || many.get(i + 0.5) !== objects[i] ||
        many.get('key ' + i) !== i ? 1 : 0;
}
for (i = 0; i < 20000; i += 2) {
    many.delete(objects[i]);
    many.delete('key ' + i);
}
console.log(wrong, many.size, many.has(objects[2]), many.has(objects[3]));

// Adders that a subclass or a script replaced are called; a failing one closes the iterator.
const plainAdd = Set.prototype.add;
Set.prototype.add = function (value) {
    return plainAdd.call(this, value * 2);
};
console.log(list(new Set([1, 2]).values()).join());
Set.prototype.add = plainAdd;
const source = {
    next: function () {
        return { value: 1, done: false };
    },
    return: function () {
        console.log('closed');
        return {};
    }
};
source[Symbol.iterator] = function () {
    return source;
};
attempt('not an entry', function () { return new Map(source); });

attempt('call', function () { return Map(); });
attempt('not iterable', function () { return new Map(5); });
attempt('not iterable', function () { return new Set({}); });
attempt('entry', function () { return new Map([Symbol('s')]); });
attempt('forEach', function () { return new Map().forEach(); });
attempt('receiver', function () { return Map.prototype.get.call(new Set(), 1); });
attempt('receiver', function () { return Set.prototype.add.call(5, 1); });
attempt('size', function () { return Map.prototype.size; });
attempt('next', function () { return new Map().keys().next.call({}); });
attempt('empty', function () { return new Map(null).size + new Set(undefined).size; });

[Map, Set, Map.prototype, Set.prototype, Object.getPrototypeOf(new Map().keys()),
    Object.getPrototypeOf(new Set().values())].forEach(function (object) {
    Object.getOwnPropertyNames(object).concat(Object.getOwnPropertySymbols(object))
        .filter(function (key) {
            return key !== 'groupBy';
        }).forEach(function (key) {
            var own = Object.getOwnPropertyDescriptor(object, key);
            var value = own.get || own.value;
            console.log(String(key), typeof value === 'function' ? value.name + '/' + value.length :
                String(value), own.writable, own.enumerable, own.configurable);
        });
});
console.log(Map.prototype[Symbol.iterator] === Map.prototype.entries,
    Set.prototype.keys === Set.prototype.values, Map[Symbol.species] === Map);
