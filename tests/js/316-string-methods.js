'use strict';
// String of ES2015 to ES2024.
var s = JSON.stringify;
console.log('abc'.at(-1), 'abc'.at(3), s('é😀'.at(1)));
console.log(s('5'.padStart(3, '0')), s('abc'.padEnd(8, '12')), s('a'.padStart(4)), s('a'.padEnd(3, '')), s('é'.padStart(4, 'ü-')), s('abc'.padStart(2)));
console.log(s('  a \n\u00a0'.trimStart()), s(' \ufeff a\u2003'.trimEnd()), String.prototype.trimLeft === String.prototype.trimStart, String.prototype.trimRight.name);
console.log('a\ud800b'.isWellFormed(), 'a😀b'.isWellFormed(), s('a\ud800b\udc00😀'.toWellFormed()), '\ud800'.toWellFormed().charCodeAt(0), '\udc00\ud800'.isWellFormed());
console.log(String.raw({ raw: ['a', 'b', 'c'] }, 1, 2, 3), String.raw({ raw: 'xyz' }, 0, 1), s(String.raw({ raw: [] })));
console.log('abc'.normalize(), 'é'.normalize('NFC') === 'é', 'abc'.normalize('NFKD'));
console.log('abc'.includes('bc'), 'abc'.startsWith('b', 1), 'abc'.endsWith('b', 2), 'ab'.repeat(3), '😀'.codePointAt(0), String.fromCodePoint(128512, 97));
['at', 'padStart', 'padEnd', 'trimStart', 'trimEnd', 'isWellFormed', 'toWellFormed', 'normalize', 'repeat', 'includes'].forEach(function (name) {
    var d = Object.getOwnPropertyDescriptor(String.prototype, name);
    console.log(name, ''[name].length, ''[name].name, d.enumerable, d.writable, d.configurable);
});
function error(f) { try { return f(); } catch (e) { return e.name + ': ' + e.message; } }
console.log(error(function () { return String.prototype.at.call(undefined); }));
console.log(error(function () { return 'a'.normalize('NFX'); }));
console.log(error(function () { return String.raw(); }));
