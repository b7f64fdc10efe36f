'use strict';
// Methods of strings hand over to the symbols' methods; replaceAll, matchAll.
var s = JSON.stringify;
console.log('a-b-a'.replaceAll('a', 'x'), 'aaa'.replaceAll('aa', 'b'), 'ab'.replaceAll('', '-'), 'a.b.c'.replaceAll('.', '$&$&'), 'a1a2'.replaceAll(/a(\d)/g, '<$1$$>'));
console.log('abcabc'.replaceAll('b', function (x, at, all) { return x + at + all.length; }), 'x'.replaceAll('y', 'z'), "ab".replaceAll('b', "[$`$']"));
function all(it) { var out = []; for (var r; !(r = it.next()).done;) { out.push(r.value[0] + '@' + r.value.index); } return out.join(' '); }
var matches = 'a1b22c333'.matchAll(/[a-z](\d+)/g);
console.log(Object.prototype.toString.call(matches), matches[Symbol.iterator]() === matches, all(matches), all(matches), all('aXbX'.matchAll('X')), all('ab'.matchAll(/(?:)/g)));
console.log(s(Array.from('a1b2'.matchAll(/\d/g))), /a/g[Symbol.matchAll].length);
var log = [];
var like = {};
['match', 'matchAll', 'replace', 'search', 'split'].forEach(function (name) {
    like[Symbol[name]] = function (string, other) { log.push(name + ':' + string + ':' + other); return name; };
});
like.flags = 'g';
console.log('t'.match(like), 't'.matchAll(like), 't'.replace(like, 'r'), 't'.replaceAll(like, 'q'), 't'.search(like), 't'.split(like, 3), log.join(' '));
var mine = /b/;
mine.exec = function (string) { log.push('exec ' + string); return null; };
log = [];
console.log('abc'.replace(mine, 'x'), 'abc'.match(mine), 'abc'.search(mine), mine.test ? log.join() : '');
console.log('abc'.search(/c/), 'abc'.match(/(b)(x)?/).length, s('a1b2c'.split(/\d/)), s('a1b2c'.split(/(\d)/, 3)), s('abc'.split('')), s(''.split(/x/)), s(''.split(/(?:)/)));
console.log('aBc'.replace(/b/i, '[$&]'), 'abc'.replace(/(?<x>b)/, '$<x>$<x>'), 'abc'.replace('b', '$<x>'), 'abcdefghijkl'.replace(/(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)/, '$11-$10-$1'));
function error(f) { try { return f(); } catch (e) { return e.name + ': ' + e.message; } }
console.log(error(function () { return 'a'.replaceAll(/a/, 'b'); }));
console.log(error(function () { return 'a'.matchAll(/a/); }));
console.log(error(function () { return String.prototype.replaceAll.call(null, 'a', 'b'); }));
console.log('x'.replaceAll.length, 'x'.matchAll.name, 'x'.match(undefined), s('undefined'.match()), 'null'.search(null));
