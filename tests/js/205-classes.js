// Classes: methods, accessors, statics, fields, private names, blocks, computed names.
const log = [];
class A {
    #x = 1; y = this.#x + 1; static #count = 0; static made = 'static'; ['comp' + 1] = 'computed'; arrow = () => this.#x;
    constructor(x) { if (x !== undefined) { this.#x = x; } A.#count++; }
    get x() { return this.#x; } set x(v) { this.#x = v; }
    #secret() { return 'secret ' + this.#x; } reveal() { return this.#secret(); }
    get #p() { return this.#x * 2; } set #p(v) { this.#x = v; } bump() { this.#p += 1; this.#x++; return this.#p; }
    static count() { return A.#count; } static has(o) { return #x in o; } static #sp() { return 'private static'; } static sp() { return this.#sp(); }
    *gen() { yield this.#x; } async later() { return this.#x; } static { log.push('block ' + this.made + typeof A); }
    ['m' + 1]() { return 'm1'; } static get sg() { return 'sg'; } 'quoted name'() { return 'quoted'; } 42() { return 42; } get() { return 'get'; } set() { return 'set'; } static static() { return 'static'; } async() { return 'async'; }
}
const a = new A(5);
console.log(a.x, a.y, a.comp1, a.arrow(), a.reveal(), a.bump(), A.count(), A.has(a), A.has({}), A.sp(), log[0]);
console.log([...a.gen()], a.m1(), A.sg, a['quoted name'](), a[42](), a.get(), a.set(), A.static(), a.async(), Object.keys(a));
for (const bad of [() => A(), () => A.prototype.reveal.call({}), () => { A.prototype.bump.call({}); }, () => new (class { #a = 1; constructor() { return Object.create(null); } }), () => { class B { static #y; static f(o) { o.#y = 1; } } B.f({}); }, () => { class B { #m() {} f() { this.#m = 1; } } new B().f(); }, () => { class B { get #g() { return 1; } f() { this.#g = 1; } } new B().f(); }]) {
    try { bad(); console.log('fine'); } catch (e) { console.log(e.name + ': ' + e.message); }
}
console.log(typeof A, A.name, A.length, Object.getOwnPropertyNames(A.prototype).length, A.prototype.constructor === A, Object.getOwnPropertyDescriptor(A, 'prototype').writable, Object.getOwnPropertyDescriptor(A.prototype, 'reveal').enumerable);
const Named = class Inner { static self() { return Inner; } }; console.log(Named.self() === Named, typeof Inner, Named.name);
const Anonymous = class { }; console.log(Anonymous.name, new (class { constructor(...args) { this.n = args.length; } })(1, 2).n);
class Order { static [(log.push('k1'), 'a')] = log.push('v1'); static [(log.push('k2'), 'b')] = log.push('v2'); static { log.push('b'); } }
console.log(log.slice(1).join());
class Strict { f() { return this; } static g() { undeclaredName = 1; } } const { f } = new Strict(); console.log(f()); try { Strict.g(); } catch (e) { console.log(e.name); }
const list = []; for (const i of [1, 2]) { list.push(class { static n = i; #p = i; get p() { return this.#p; } }); } console.log(list.map((c) => c.n + new c().p));
const frozen = new (class { #v = 1; constructor() { Object.freeze(this); } inc() { return ++this.#v; } })(); console.log(frozen.inc(), Object.isFrozen(frozen));
class Chain { #next = null; v; constructor(v, next) { this.v = v; this.#next = next; } at() { return this.#next?.v ?? 'end'; } deep() { return this.#next?.#next?.v; } } console.log(new Chain(1, new Chain(2)).at(), new Chain(1).at(), new Chain(1, new Chain(2)).deep());
console.log(JSON.stringify(new A()), Object.getOwnPropertySymbols(new A()).length);
