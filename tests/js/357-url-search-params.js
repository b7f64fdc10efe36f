// URLSearchParams, querystring, file URLs and the older functions of url.
var u = require('url');
var qs = require('querystring');
function show(run) {
    try { console.log(run()); } catch (error) { console.log(error.name, error.code, error.message); }
}
['a=1&b=2&a=3', '?x=%20y+z&&=&q', 'é=%C3%A9&%zz=1&a=b=c', '', 'a', 'a&b'].forEach(function (text) {
    var p = new URLSearchParams(text);
    console.log(p, p.size, String(p), JSON.stringify(p.getAll('a')));
});
show(function () { return new URLSearchParams({ a: 1, b: [1, 2], 'c d': null }); });
show(function () { return new URLSearchParams([['a', 'b'], ['c', 5]]); });
show(function () { return new URLSearchParams([['a']]); });
show(function () { return new URLSearchParams([1]); });
show(function () { return String(new URLSearchParams(5)) + new URLSearchParams(undefined) + new URLSearchParams(null); });
show(function () { return new URLSearchParams().append('a'); });
show(function () { return URLSearchParams.prototype.get.call({}, 1); });
var p = new URLSearchParams('b=2&a=1&b=3&c=~!*()\'');
p.sort();
console.log(String(p), p.get('b'), p.get('z'), p.has('b', '3'), p.has('b', '4'));
p.set('b', 'x');
p.delete('c', 'no');
console.log(String(p));
p.delete('a');
p.append('k', '\ud83d\ude00 \ud800');
console.log(String(p));
p.forEach(function (value, name, all) { console.log(name, value, all === p, this.t); }, { t: 1 });
var it = p.keys();
console.log(it.next(), it[Symbol.iterator]() === it, Object.prototype.toString.call(it), p.entries().next().value, p.values().next().value);
console.log(new URLSearchParams('long=' + 'x'.repeat(50) + '&other=' + 'y'.repeat(40)));
['file:///a%20b%C3%A9', 'http://x', 'file://host/a', 'file:///a%2fb', 5].forEach(function (value) { show(function () { return u.fileURLToPath(value); }); });
show(function () { return u.fileURLToPath(new URL('file:///x/y')); });
['/a b#?%é\\\n', '/dir/', '/~[x]'].forEach(function (value) { show(function () { return u.pathToFileURL(value).href; }); });
show(function () { return u.pathToFileURL(5); });
['http://user:pa%20ss@Host:80/p/a?x=1#h', '/a/b?x=1', 'mailto:a@b', 'http://h', '//h/x', 'x y', 'javascript:a(1)', 'http://h:/a{b}'].forEach(function (text) { show(function () { return u.parse(text); }); });
show(function () { return u.parse('/a?x=1&y=2', true).query; });
show(function () { return u.parse('//h/x', false, true).host; });
show(function () { return u.parse(5); });
show(function () { return u.format({ protocol: 'http', host: 'a.b', pathname: 'x', search: 'y=1', hash: 'z' }); });
show(function () { return u.format({ protocol: 'https:', hostname: '::1', port: 8, auth: 'a:b', pathname: '/x#y', query: { a: [1, 2], b: 'c d' } }); });
show(function () { return u.format(new URL('http://u:p@h/?q#x'), { auth: false, fragment: false, search: false }); });
show(function () { return [u.resolve('http://a/b/c', '../d'), u.resolve('/one/two/three', 'four'), u.resolve('http://example.com/one', '/two')]; });
show(function () { return u.urlToHttpOptions(new URL('http://u:p@h:81/p?q')); });
show(function () { return u.domainToASCII('español.com') + u.domainToASCII('xn--iñvalid.com'); });
['a=1&b=2&a=3', 'x=%20y+z&&=&q', 'a;b:1', '%zz=%41', 'a=b=c'].forEach(function (text) { console.log(qs.parse(text)); });
console.log(qs.parse('a:1;b:2', ';', ':'), qs.parse('a&b&c', null, null, { maxKeys: 2 }));
console.log(qs.stringify({ a: 1, b: [true, 'x y'], c: null, d: undefined, e: 'é&=', f: {}, g: Infinity }), qs.stringify({ a: 1, b: 2 }, ';', ':'), qs.stringify('x'), qs.escape("a b'!*()"), qs.unescape('%41%zz'));
