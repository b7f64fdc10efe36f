'use strict';
// The flags s, y, d and u, named groups, lastIndex.
var s = JSON.stringify;
console.log(/a.b/s.test('a\nb'), /a.b/.test('a\nb'), new RegExp('.', 's').dotAll, /./s.flags);
var y = new RegExp('fo+', 'y');
console.log(y.test('xfoo'), y.lastIndex, (y.lastIndex = 1, y.test('xfoo')), y.lastIndex, y.sticky, y.flags);
var gy = new RegExp('a', 'gy');
console.log(s('aab'.match(gy)), s('aba'.replace(gy, 'x')), s('aXa'.split(new RegExp('x', 'iy'))));
var named = new RegExp('(?<year>\\d{4})-(?<month>\\d\\d)');
var m = named.exec('on 2024-05-06');
console.log(m.groups.year, m.groups.month, Object.getPrototypeOf(m.groups), m.index, m.length, s(m));
console.log('2024-05'.replace(named, '$<month>/$<year>'), '2024-05'.replace(named, function () { return s(arguments[arguments.length - 1]); }));
console.log(new RegExp('(?<q>[\'"]).*?\\k<q>').exec('say "it\'s" now')[0], new RegExp('(?<a>x)|(?<b>y)').exec('y').groups.a, named.source);
console.log(/x/.exec('x').groups, 'groups' in /x/.exec('x'));
var d = new RegExp('b(?<n>c)?(d)?', 'd').exec('abc');
console.log(s(d.indices), d.indices.groups.n, new RegExp('x', 'd').hasIndices, new RegExp('x', 'dgimsuy').flags);
var u = new RegExp('^.$', 'u');
console.log(u.test('😀'), /^.$/.test('😀'), u.unicode, new RegExp('\\u{1F600}', 'u').test('😀'), new RegExp('[😀-😎]', 'u').exec('x😂')[0], new RegExp('^[^x]$', 'u').test('😀'));
console.log(s('😀😁'.match(new RegExp('.', 'gu'))), s('a😀b'.split(new RegExp('', 'u'))), new RegExp('😀{2}', 'u').test('😀😀'), new RegExp('^\\S$', 'u').test('😀'), new RegExp('^[\\w😀]+$', 'u').test('a😀'));
var plain = /a/;
plain.lastIndex = 3;
console.log(plain.test('b'), plain.lastIndex, /a/g.exec('b'));
console.log(Object.prototype.hasOwnProperty.call(RegExp.prototype, 'flags'), RegExp.prototype.source, RegExp.prototype.global, RegExp.prototype.sticky, String(RegExp.prototype));
console.log(RegExp[Symbol.species] === RegExp, Object.getOwnPropertyDescriptor(RegExp.prototype, 'sticky').get.name, RegExp.prototype[Symbol.replace].name);
function error(f) { try { return f(); } catch (e) { return e.name; } }
console.log(error(function () { return new RegExp('a', 'gg'); }), error(function () { return new RegExp('(?<a>.)(?<a>.)'); }), error(function () { return new RegExp('(?<1>.)'); }), error(function () { return new RegExp('(?<a>.)\\k<b>'); }));
