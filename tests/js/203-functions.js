// Arrows, defaults, rest, this, arguments, new.target; names and lengths.
const o = { v: 7, f() { return [1].map(() => this.v)[0]; }, g: () => typeof this, h() { return (() => arguments[0])(); } };
console.log(o.f(), o.g(), o.h(9));
function d(a, b = a + 1, { c = 3, e: [f] = [b] } = {}, ...rest) { return [a, b, c, f, rest]; }
console.log(JSON.stringify([d(1), d(1, undefined, { c: null }, 4, 5), d(1, 2, { e: [9] })]), d.length);
let x = 'outer';
function scope(a = () => x) { var x = 'inner'; return a() + x; }
console.log(scope());
function order(a = log('a'), [b = log('b')] = [], c = log('c')) { } function log(s) { console.log(s); } order();
function T() { return new.target === T; }
const viaArrow = function () { return (() => new.target)() === undefined; };
console.log(new T() instanceof T, T(), viaArrow());
function names() {}
const arrow = () => 1, { p = () => 2 } = {}, cls = class {}, obj = { m() {}, get g() { return 1; }, ['c' + 1]: () => {}, async am() {}, *gm() {}, 'quoted key': function () {} };
console.log(names.name, arrow.name, p.name, cls.name, obj.m.name, obj.c1.name, obj.am.name, obj.gm.name, obj['quoted key'].name);
console.log(Object.getOwnPropertyDescriptor(obj, 'g').get.name, (() => {}).name === '', (function () {}).name === '');
console.log([(a, b) => 0, (a, b = 1, c) => 0, (...r) => 0, ({ a }, [b]) => 0, async (a) => 0, function* (a, b) {}].map((f) => f.length));
for (const f of [() => {}, obj.m, async () => {}, obj.gm]) { try { new f(); console.log('constructed'); } catch (e) { console.log(e.name); } }
console.log('prototype' in (() => {}), Object.prototype.hasOwnProperty.call(obj.m, 'prototype'), typeof obj.gm.prototype);
let late; late = () => {}; let { q = function () {} } = {}; console.log(late.name, q.name);
console.log(((a, b) => a + b)(1, 2), (() => ({ a: 1 }))().a, (a => b => a + b)(1)(2), ((...[first, second]) => second)(1, 2));
console.log((function (a) { a = 2; return arguments[0]; })(1), (function (a, b = 0) { a = 2; return arguments[0]; })(1));
console.log((function () { return this; }).call(5) instanceof Number, (function () { 'use strict'; return this; }).call(5));
function trailing(a, b,) { return a + b; } console.log(trailing(1, 2,));
