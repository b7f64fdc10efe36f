// Every trap of a Proxy is asked, in Node's order, and what it answers is checked against the target.
'use strict';

const NAMES = ['get', 'set', 'has', 'deleteProperty', 'ownKeys', 'getOwnPropertyDescriptor', 'defineProperty',
    'getPrototypeOf', 'setPrototypeOf', 'isExtensible', 'preventExtensions'];
let log = [];

function watched(target) {
    const handler = {};
    NAMES.forEach((name) => {
        handler[name] = (...list) => {
            log.push(name + (typeof list[1] === 'string' ? ':' + list[1] : typeof list[1] === 'symbol' ? ':symbol' : ''));
            return Reflect[name](...list);
        };
    });
    return new Proxy(target, handler);
}

function show(title, work) {
    let result;
    log = [];
    try {
        result = work();
    } catch (error) {
        result = error.name + ': ' + error.message;
    }
    console.log(title, result, log.join(' '));
}

const symbol = Symbol('s');
const p = watched({ a: 1, b: 2, [symbol]: 3 });
show('keys', () => Object.keys(p));
show('names', () => Object.getOwnPropertyNames(p));
show('symbols', () => Object.getOwnPropertySymbols(p).length);
show('ownKeys', () => Reflect.ownKeys(p).length);
show('describe', () => JSON.stringify(Object.getOwnPropertyDescriptor(p, 'a')));
show('describe all', () => Object.keys(Object.getOwnPropertyDescriptors(p)).join());
show('define', () => Object.defineProperty(p, 'z', { value: 1, configurable: true }) === p);
show('Reflect define', () => Reflect.defineProperty(p, 'z', { value: 2 }));
show('define all', () => Object.defineProperties(p, { y: { value: 1 } }) === p);
show('prototype', () => Object.getPrototypeOf(p) === Object.prototype);
show('Reflect prototype', () => Reflect.getPrototypeOf(p) === Object.prototype);
show('__proto__', () => p.__proto__ === Object.prototype);
show('isPrototypeOf', () => Object.prototype.isPrototypeOf(p));
show('set prototype', () => Object.setPrototypeOf(p, null) === p);
show('Reflect set prototype', () => Reflect.setPrototypeOf(p, Object.prototype));
show('extensible', () => Object.isExtensible(p));
show('Reflect extensible', () => Reflect.isExtensible(p));
show('hasOwnProperty', () => Object.prototype.hasOwnProperty.call(p, 'a'));
show('hasOwn', () => Object.hasOwn(p, 'none'));
show('enumerable', () => Object.prototype.propertyIsEnumerable.call(p, 'y'));
show('set', () => { p.n = 1; return p.n; });
show('Reflect set', () => Reflect.set(p, 'm', 2));
show('delete', () => delete p.m);
show('in', () => 'a' in p);
show('json', () => JSON.stringify(p));
show('frozen', () => Object.isFrozen(p));
show('sealed', () => Object.isSealed(p));
show('freeze', () => Object.isFrozen(Object.freeze(watched({ a: 1 }))));
show('seal', () => Object.isSealed(Object.seal(watched({ a: 1 }))));
show('prevent', () => Object.isExtensible(Object.preventExtensions(watched({}))));
show('Reflect prevent', () => Reflect.preventExtensions(watched({})));
show('array keys', () => Object.keys(watched([1, 2])).join());
show('push', () => watched([]).push(1));
show('map', () => watched([1, 2]).map((x) => x * 2).join());
show('concat', () => [].concat(watched([1, 2])).join());
show('inherited', () => Object.create(p).a);

// spread and assign: symbols too
log = [];
console.log(Object.keys({ ...p }).join(), { ...p }[symbol], Object.assign({}, p)[symbol], Object.values(p).join(),
    Object.entries(p).join());
const seen = [];
for (const key in p) {
    seen.push(key);
}
console.log(seen.join());

// what is not there at all
const virtual = new Proxy({}, {
    ownKeys: () => ['x', 'y'],
    getOwnPropertyDescriptor: (target, key) => ({ value: key + '!', enumerable: key === 'x', configurable: true }),
    get: (target, key) => key + '?'
});
show('virtual keys', () => Object.keys(virtual).join());
show('virtual spread', () => JSON.stringify({ ...virtual }));
show('virtual has', () => Object.prototype.hasOwnProperty.call(virtual, 'zzz'));
show('virtual entries', () => Object.entries(virtual).join());
show('keys without description', () => Object.keys(new Proxy({}, { ownKeys: () => ['x'] })).length);

// a draft as immer makes it: the target is not what it shows
const state = { base: { a: 1, list: [1] }, copy: null };
const draft = new Proxy(state, {
    get: (target, key) => (target.copy || target.base)[key],
    set(target, key, value) {
        target.copy = target.copy || { ...target.base };
        target.copy[key] = value;
        return true;
    },
    has: (target, key) => key in (target.copy || target.base),
    ownKeys: (target) => Reflect.ownKeys(target.copy || target.base),
    getOwnPropertyDescriptor(target, key) {
        const owner = target.copy || target.base;
        const found = Reflect.getOwnPropertyDescriptor(owner, key);
        return found && { writable: true, configurable: true, enumerable: found.enumerable, value: owner[key] };
    },
    getPrototypeOf: (target) => Object.getPrototypeOf(target.base)
});
draft.b = 2;
console.log(Object.keys(draft), { ...draft }, draft.hasOwnProperty('b'), state.base, JSON.stringify(draft));

// answers that can't be
const answers = (name, answer, target = {}) => new Proxy(target, { [name]: () => answer });
const fixed = Object.freeze({ a: 1 });
show('description 1', () => Object.getOwnPropertyDescriptor(answers('getOwnPropertyDescriptor', 1), 'a'));
show('description 2', () => Object.getOwnPropertyDescriptor(answers('getOwnPropertyDescriptor', undefined, fixed), 'a'));
show('description 3', () => Object.getOwnPropertyDescriptor(
    answers('getOwnPropertyDescriptor', { value: 1, configurable: false }), 'a'));
show('prototype 1', () => Object.getPrototypeOf(answers('getPrototypeOf', 1)));
show('prototype 2', () => Object.getPrototypeOf(answers('getPrototypeOf', null, fixed)));
show('prototype 3', () => Object.setPrototypeOf(answers('setPrototypeOf', false), {}));
show('define 1', () => Object.defineProperty(answers('defineProperty', false), 'a', {}));
show('define 2', () => Reflect.defineProperty(answers('defineProperty', false), 'a', {}));
show('define 3', () => Object.defineProperty(answers('defineProperty', true, fixed), 'b', { value: 1 }));
show('extensible 1', () => Object.isExtensible(answers('isExtensible', false)));
show('prevent 1', () => Object.preventExtensions(answers('preventExtensions', true)));
show('prevent 2', () => Object.preventExtensions(answers('preventExtensions', false)));
show('keys 1', () => Object.keys(answers('ownKeys', ['a', 'a'])));
show('keys 2', () => Object.keys(answers('ownKeys', [1])));
show('keys 3', () => Object.keys(answers('ownKeys', [], fixed)));
show('keys 4', () => Object.keys(answers('ownKeys', 1)));

// revoked
const { proxy, revoke } = Proxy.revocable({ a: 1 }, {});
show('before', () => proxy.a);
show('revoked', () => { revoke(); revoke(); return proxy.a; });
show('typeof', () => typeof proxy);
show('keys', () => Object.keys(proxy));
show('set', () => { proxy.a = 1; });
show('prototype', () => Object.getPrototypeOf(proxy));
const callable = Proxy.revocable(function () { return 1; }, {});
show('call', () => callable.proxy());
callable.revoke();
show('revoked call', () => callable.proxy());

// Proxies of Proxies, as handlers, without traps, with traps that are null
const inner = watched({ a: 1, get self() { return this === outer; }, set made(v) { this.was = v; } });
const outer = new Proxy(inner, { get: null, set: undefined });
show('get', () => outer.a + ' ' + outer.self);
show('set', () => { outer.b = 2; return outer.b; });
show('setter', () => { outer.made = 3; return outer.was; });
show('has', () => 'a' in outer);
show('delete', () => delete outer.b);
show('keys', () => Object.keys(outer).join());
show('described', () => Object.getOwnPropertyDescriptor(outer, 'a').value);
show('prototype', () => Object.getPrototypeOf(outer) === Object.prototype);
show('values', () => Object.values(outer).join() + Object.entries(outer)[0]);
show('assigned', () => Object.keys(Object.assign({}, outer)).join());
show('call', () => new Proxy(new Proxy((a) => a * 2, {}), { apply: null })(21));
show('construct', () => new (new Proxy(new Proxy(class A { n = 1; }, {}), {}))().n);
show('array', () => Array.isArray(new Proxy(new Proxy([], {}), {})));
const asked = [];
show('handler', () => new Proxy({ a: 1 }, new Proxy({}, { get(t, k) { asked.push(k); } })).a + asked.join());
show('own getter', () => new Proxy({ get me() { return this.name; }, name: 'target' }, {}).me);
class Named { #n = 1; name = 'x'; get both() { return this.name; } }
show('class getter', () => new Proxy(new Named(), { get: (t, k, r) => k === 'name' ? 'proxied' : Reflect.get(t, k, r) }).both);
show('falsish set', () => { new Proxy({}, { set: () => false }).a = 1; });
show('falsish delete', () => delete new Proxy({}, { deleteProperty: () => false }).a);
show('indexes', () => new Proxy([7], { get: (t, k) => typeof k })[0]);
