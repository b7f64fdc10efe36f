// URL: parsing, resolving, serializing and setting, over what is awkward about each part.
var inputs = ['http://example.com', 'HTTP://EXAMPLE.com:80/../a/./b/%2e%2E/c?x=1#y', 'https://u:p@h:444/p', 'http://a b/', 'http://[::1]:8080/x',
    'http://[1:2:0:0:5:0:0:8]', 'http://[::ffff:1.2.3.4]/', 'http://1.2.3', 'http://0x7f.1', 'http://256.1.1.1', 'http://0300.0.0.1', 'http://a.b.c.4x/',
    'file:///a/b/../c', 'file://localhost/x', 'file:///C|/x', 'file:c:\\a\\b', 'mailto:a@b.c', 'data:text/plain,hello world', 'javascript:alert(1)',
    'http:\\\\a\\b', 'http:/a/b', 'http:a', '  http://a/ \n', 'ht\ntp://a', 'http://a/\u00e9?\u00e9#\u00e9', 'http://\u00e9.com/', 'http://b\u00fccher.de', 'http://a/%zz%41',
    "http://a/?q='x'&y=\"z\"", "foo://a/?q='x'", 'foo://h\u00e9/p', 'foo:bar', 'foo:/bar', 'foo:///bar', 'foo://', 'http://', 'http:///', '//x', 'x', '', '#',
    'http://a:b@c:d', 'http://a:65536', 'http://a:0', 'http://user@', 'http://@h', 'http://:p@h', 'http://a@b@c/', 'http://h?q', 'http://h#f', 'http://h/a?b?c#d#e',
    'http://h/ a\tb', 'http://h/{}|^`', 'blob:https://a.com/x', 'ws://h:80', 'wss://h:443/x', 'ftp://h:21/', 'http://%41.com', 'http://a%00b', 'http://h/\ud83d\ude00', 'http://h/\ud800',
    'foo:/..//p', 'foo:/.//p', 'http://h/a/..', 'http://h/a/.', 'http://h/a/b/../../../c', 'urn:isbn:1', 'http://ex.com.', 'http://-a_b.c', 'about:blank'];
var names = ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'];
inputs.forEach(function (input) {
    try {
        var url = new URL(input);
        console.log(JSON.stringify(input), names.map(function (name) { return url[name]; }).join(' | '));
    } catch (error) {
        console.log(JSON.stringify(input), error.name, error.code, error.message, error.input);
    }
});
[['', 'http://h/a/b?q#f'], ['?x', 'http://h/a/b?q#f'], ['#x', 'http://h/a/b?q#f'], ['c', 'http://h/a/b?q'], ['/c', 'http://h/a/b'], ['//o/c', 'http://h/a'], ['../c', 'http://h/a/b/d'],
    ['..', 'http://h/a/b/d'], ['.', 'http://h/a/b/d'], ['http:c', 'http://h/a/b'], ['https:c', 'http://h/a/b'], ['c:d', 'http://h/'], ['x', 'mailto:a'], ['#x', 'mailto:a'], ['x', 'file:///a/b'],
    ['/x', 'file://host/a'], ['//o/x', 'file:///a'], ['C|/x', 'file:///a'], ['\\x', 'http://h/a/b'], ['x', 'foo://h/a/b'], ['//y', 'foo://h/a'], ['x', 'nope'], ['./a/../b/', 'http://h/x/'], ['', 'file:///q']].forEach(function (pair) {
    try {
        console.log(pair, new URL(pair[0], pair[1]).href);
    } catch (error) {
        console.log(pair, error.message, error.code, error.base);
    }
});
[['protocol', 'https'], ['protocol', 'foo'], ['protocol', 'ftp:x'], ['username', 'a b'], ['password', ''], ['host', 'x.y:9'], ['host', ''], ['host', 'q/z'], ['hostname', 'z:1'], ['hostname', '[::2]'], ['port', '80'], ['port', '99999'],
    ['port', '8x'], ['port', ''], ['pathname', 'a b'], ['pathname', '/../x?y#z'], ['pathname', ''], ['search', 'x y'], ['search', '?'], ['search', ''], ['hash', 'a b'], ['hash', '#'], ['href', 'foo:bar']].forEach(function (pair) {
    var url = new URL('http://u:p@h:81/a?b#c');
    url[pair[0]] = pair[1];
    console.log(pair, url.href);
});
var url = new URL('http://h/?a=1&b=2');
url.searchParams.append('c', 'x y&z');
console.log(url.href, url.searchParams === url.searchParams, String(url), JSON.stringify([url]));
url.search = '?q=1';
console.log(url.searchParams.get('q'), url.searchParams.has('a'));
url.searchParams.delete('q');
console.log(url.href, URL.canParse('a:b'), URL.canParse('b'), URL.canParse('b', 'c:/d'));
console.log(url, { nested: [new URL('a:b')] }, Object.prototype.toString.call(url));
[function () { return URL('a:b'); }, function () { return new URL(); }, function () { return URL.prototype.href; }, function () { url.href = 'x'; }, function () { return URL.canParse(); }].forEach(function (run) {
    try { run(); } catch (error) { console.log(error.name, error.code, error.message); }
});
