'use strict';
// Array.prototype.sort keeps equal elements in order, skips holes, puts undefined last, and lets the
// comparing function do what it likes.
var items = [];
for (var i = 0; i < 1000; i++) { items.push({ key: (i * 7919) % 13, at: i }); }
items.sort(function (a, b) { return a.key - b.key; });
var isStable = items.every(function (item, n) {
    var before = items[n - 1];
    return !before || before.key < item.key || (before.key === item.key && before.at < item.at);
});
console.log(isStable);
console.log([10, 9, 1, 'b', 'a', undefined, null, -1].sort());
var holey = [3, , 1, undefined, , 2];
holey.sort();
console.log(holey, holey.length, 5 in holey, 3 in holey);
console.log([3, 1, 2].sort(undefined), ['é', 'z', 'a', '\u{1F600}', '\uFFFF'].sort().map(function (c) { return c.charCodeAt(0); }));
console.log([2, 1, 3].sort(function () { return NaN; }), [1, 2, 3].sort(function (a, b) { return b > a ? 1 : -1; }));
try { [3, 2, 1].sort(function () { throw new Error('stop'); }); } catch (error) { console.log(error.message); }
var changing = [5, 4, 3, 2, 1];
changing.sort(function (a, b) { changing.length = 0; return a - b; });
console.log(changing);
var like = { length: 3, 0: 'c', 1: 'a', 2: 'b' };
console.log(Array.prototype.sort.call(like) === like, like);
var big = [];
for (i = 0; i < 20000; i++) { big.push((i * 48271) % 65537); }
big.sort(function (a, b) { return a - b; });
console.log(big.every(function (x, n) { return n === 0 || big[n - 1] <= x; }));
