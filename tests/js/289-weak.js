// flags: --expose-gc
// WeakMap, WeakSet, WeakRef, FinalizationRegistry: what they refuse, and that they hold nothing.
'use strict';

function attempt(action) {
    try {
        console.log(String(action()));
    } catch (error) {
        console.log(error.name + ': ' + error.message);
    }
}

const registry = new FinalizationRegistry(function (held) {
    freed.push(held);
});
const freed = [];
const target = {};
attempt(function () { return new WeakMap().set(1, 2); });
attempt(function () { return new WeakMap([['text', 2]]); });
attempt(function () { return new WeakSet().add(Symbol.for('registered')); });
attempt(function () { return new WeakSet([Symbol('free')]); });
attempt(function () { return WeakMap(); });
attempt(function () { return new WeakMap(5); });
attempt(function () { return new WeakRef(1); });
attempt(function () { return new WeakRef(target).deref() === target; });
attempt(function () { return new FinalizationRegistry(); });
attempt(function () { return registry.register(1); });
attempt(function () { return registry.register(target, target); });
attempt(function () { return registry.register(target, 1, 2); });
attempt(function () { return registry.unregister('token'); });
attempt(function () { return registry.unregister(target); });
attempt(function () { return WeakMap.prototype.get.call(new WeakSet(), target); });
attempt(function () { return WeakRef.prototype.deref.call({}); });

const map = new WeakMap();
const set = new WeakSet();
const symbol = Symbol('key');
console.log(map.set(target, 'value') === map, map.get(target), map.has(target), map.has({}), map.get(1),
    map.delete(target), map.delete(target), map.has(target), map.set(symbol, 's').get(symbol));
console.log(set.add(target).has(target), set.delete(target), set.has(target));

// Values that refer to their own key, keys in a chain, a map that is its own key.
(function () {
    for (var i = 0; i < 100; i++) {
        var key = { number: i };
        map.set(key, { key: key });
        set.add(key);
        registry.register(key, i);
    }
    var first = {};
    var link = first;
    for (i = 0; i < 100; i++) {
        var next = {};
        map.set(link, next);
        link = next;
    }
    registry.register(link, 'end of chain');
    target.first = first;
    var own = new WeakMap();
    own.set(own, own);
    registry.register(own, 'own');
    var token = {};
    registry.register({}, 'unregistered', token);
    console.log(registry.unregister(token), registry.unregister(token));
})();
const ref = (function () {
    return new WeakRef({ x: 1 });
})();
console.log(ref.deref().x);

function chainLength() {
    var length = 0;
    for (var at = target.first; map.has(at); at = map.get(at)) {
        length++;
    }
    return length;
}

// A collection in its own turn of the loop, twice, and then the callbacks' turn.
setTimeout(function () {
    gc();
    setTimeout(function () {
        gc();
        setTimeout(function () {
            console.log(freed.length, freed.indexOf('own') >= 0, freed.indexOf('unregistered') >= 0,
                freed.indexOf('end of chain') >= 0, ref.deref());
            console.log('chain', chainLength());
            target.first = null;
            gc();
            setTimeout(function () {
                gc();
                setTimeout(function () {
                    console.log(freed.length, freed.indexOf('end of chain') >= 0);
                }, 10);
            }, 10);
        }, 10);
    }, 10);
}, 10);
