// extends: super calls and properties, natives as parents, fields and their order, new.target.
class A { constructor(x) { this.x = x; this.t = new.target.name; } m() { return 'A' + this.x; } get g() { return 'g' + this.x; } set g(v) { this.x = v; } static s() { return 'static ' + this.name; } static get sg() { return this.name; } }
class B extends A { y = this.x + 1; constructor(x) { super(x * 2); this.z = 'z'; } m() { return 'B' + super.m(); } get g() { return super.g + '!'; } set g(v) { super.g = v + 1; } static s() { return super.s() + '?'; } lazy() { return () => super.m(); } set(k, v) { super[k] = v; return this[k]; } }
class C extends B { }
const c = new C(2);
console.log(c.x, c.y, c.z, c.t, c.m(), c.g, C.s(), C.sg, c.lazy()(), c instanceof A, c.set('own', 1)); c.g = 5; console.log(c.x);
class E extends Error { constructor(m, code) { super(m); this.code = code; } get [Symbol.toStringTag]() { return 'tag'; } }
try { throw new E('text', 'CODE'); } catch (e) { console.log(e instanceof E, e instanceof Error, e.message, e.code, String(e), e.constructor.name); }
class List extends Array { last() { return this[this.length - 1]; } } const l = new List(); l.push(1, 2); console.log(l.last(), l.length, l instanceof List, Array.isArray(l));
function Old(x) { this.old = x; } Old.prototype.hi = function () { return 'hi ' + this.old; }; class New extends Old { hi() { return super.hi() + '!'; } } console.log(new New(1).hi());
class Early extends A { constructor() { try { this.x; } catch (e) { console.log(e.name + ': ' + e.message); } super(1); } } new Early();
class Never extends A { constructor() { } } try { new Never(); } catch (e) { console.log(e.name); }
class Twice extends A { constructor() { super(1); try { super(2); } catch (e) { console.log(e.name, e.message); } } } new Twice();
class Gives extends A { constructor() { return { given: true }; } } console.log(new Gives().given);
class Arrow extends A { constructor() { const f = () => super(3); f(); this.after = this.x; } } console.log(new Arrow().after);
for (const parent of [undefined, 5, () => {}]) { try { class X extends parent { } } catch (e) { console.log(e.name); } }
class Null extends null { static s() { return 'null parent'; } } console.log(Null.s(), Object.getPrototypeOf(Null.prototype));
const Mixin = (P) => class extends P { mixed() { return 'mixed ' + super.m(); } }; console.log(new (Mixin(A))(1).mixed());
const base = { hi() { return 'base ' + this.n; } }, derived = { __proto__: base, n: 1, hi() { return 'derived ' + super.hi(); } }; console.log(derived.hi());
class P extends A { #p = 'p' + this.x; p() { return this.#p; } static make(...args) { return new this(...args); } } console.log(P.make(4).p());
class Abstract { constructor() { if (new.target === Abstract) { throw new TypeError('abstract'); } } } class Concrete extends Abstract { } new Concrete(); try { new Abstract(); } catch (e) { console.log(e.message); }
class F1 { a = this.init(); init() { return 'f1'; } } class F2 extends F1 { b = 'b'; init() { return 'overridden ' + this.b; } } console.log(new F2().a, new F2().b);
class Acc { set v(x) { console.log('setter must not run'); } } class Def extends Acc { v = 1; } console.log(new Def().v);
