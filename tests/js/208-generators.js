// Generators: values in and out, return and throw, finally, yield*, closing by loops.
const log = (...v) => console.log(...v);
function* g() { const x = yield 1; log('got', x); try { yield 2; } finally { log('finally'); } return 3; }
let i = g(); log(i.next('ignored'), i.next('x'), i.next(), i.next());
i = g(); i.next(); i.next(); log(i.return('r'), i.next()); i = g(); log(i.return('early'), i.next());
i = g(); i.next(); i.next(); try { i.throw(new Error('thrown')); } catch (e) { log(e.message); } log(i.next());
function* catching() { while (true) { try { yield 'c'; } catch (e) { log('caught', e); } } } i = catching(); i.next(); log(i.throw('t'), i.return('left'));
function* outer() { const r = yield* inner(); log('inner gave', r); try { yield* inner(); } finally { log('outer finally'); } } function* inner() { try { yield 'a'; yield 'b'; return 'r'; } finally { log('inner finally'); } }
i = outer(); log(i.next().value, i.next().value, i.next().value, i.return('x'));
function* fib() { let [a, b] = [0, 1]; for (;;) { yield a; [a, b] = [b, a + b]; } } for (const x of fib()) { if (x > 20) { break; } log(x); }
const iterable = { *[Symbol.iterator]() { try { yield 1; yield 2; yield 3; } finally { log('closed'); } } };
for (const x of iterable) { if (x === 2) { break; } } const [one] = iterable; log(one, [...iterable].length, Math.max(...iterable));
try { for (const x of iterable) { throw new Error('body'); } } catch (e) { log(e.message); } out: for (const a of [1]) { for (const x of iterable) { continue out; } }
(function () { for (const x of iterable) { return; } })();
const running = (function* () { running.next(); })(); try { running.next(); } catch (e) { log(e.name, e.message); }
const o = { *m() { yield this.v; }, v: 'this' }; log(o.m().next().value, [...(function* () { yield* arguments; })(1, 2)].join(), Object.prototype.toString.call(g()), g() instanceof g, Object.getPrototypeOf(g).constructor.name);
function* loops() { for (let k = 0; k < 2; k++) { const f = () => k; yield f(); } } log([...loops()].join()); function* defaults(a = 1, { b } = { b: 2 }, ...c) { yield [a, b, c.length]; } log(defaults(undefined, undefined, 1).next().value);
function* deep(n) { if (n) { yield* deep(n - 1); } yield n; } let sum = 0; for (const v of deep(100)) { sum += v; } log(sum);
let bad = { [Symbol.iterator]() { return { next() { return 1; } }; } }; try { for (const x of bad) { } } catch (e) { log(e.name); } try { for (const x of {}) { } } catch (e) { log(e.name); }
const closing = { [Symbol.iterator]() { return { next: () => ({ value: 1, done: false }), return() { log('return called'); return {}; } }; } }; const [p, q] = closing; for (const x of closing) { break; } log(p, q);
i = (function* () { try { yield 1; } finally { yield 'cleanup'; } })(); i.next(); log(i.return('v'), i.next());
