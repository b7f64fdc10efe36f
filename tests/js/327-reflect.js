'use strict';
// Reflect.get and set with a receiver, symbols as keys, Proxy handlers that pass things on.
var sym = Symbol('key');
var base = { get who() { return 'I am ' + this.name; }, set who(value) { this.name = value; }, plain: 1 };
base[sym] = 'by symbol';
var other = { name: 'other' };
console.log(Reflect.get(base, 'who', other), Reflect.get(Object.create(base), 'plain', other), Reflect.get(base, 'none', other), Reflect.get(base, sym), Reflect.get(base, sym, other));
console.log(Reflect.set(base, 'who', 'named', other), other.name, Reflect.set(base, 'plain', 2, other), other.plain, base.plain, Reflect.set(base, sym, 3), base[sym]);
console.log(Reflect.set({}, 'x', 1, Object.freeze({})), Reflect.set(Object.freeze({ x: 1 }), 'x', 2, {}), Reflect.set({ get x() { return 1; } }, 'x', 2, {}), Reflect.set({}, 'x', 1, 5));
console.log(Reflect.deleteProperty(base, sym), base[sym], Reflect.has(base, sym), Reflect.deleteProperty(Object.freeze({ a: 1 }), 'a'));
var log = [];
var proxy = new Proxy(base, {
    get: function (target, key, receiver) { log.push('get ' + String(key)); return Reflect.get(target, key, receiver); },
    set: function (target, key, value, receiver) { log.push('set ' + String(key)); return Reflect.set(target, key, value, receiver); },
    deleteProperty: function (target, key) { log.push('delete ' + String(key)); return Reflect.deleteProperty(target, key); }
});
proxy.name = 'through';
console.log(proxy.who, proxy.plain, base.name, delete proxy.plain, base.plain, log.join());
var child = Object.create(proxy);
child.fresh = 1;
console.log(Object.keys(child).join(), base.fresh, Reflect.get(proxy, 'name', child));
var typed = new Uint8Array(2);
console.log(Reflect.set(typed, 0, 5), typed[0], Reflect.set(typed, 9, 5), Reflect.set([], 'length', 3), Reflect.get(typed, 0, other));
function error(f) { try { return f(); } catch (e) { return e.name + ': ' + e.message; } }
console.log(error(function () { return Reflect.get(1, 'x'); }));
console.log(error(function () { return Reflect.set(1, 'x', 1); }));
