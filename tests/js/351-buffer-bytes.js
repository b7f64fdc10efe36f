// Buffer: copying, comparing, filling, searching and slices share or copy bytes as Node's do.
var b = Buffer.from('abcdefgh');
var part = b.subarray(2, -2);
part[0] = 0x58;
console.log(b.toString(), part, part.length, part.byteOffset - b.byteOffset);
console.log(b.slice(-3), b.slice(5, 2), b.subarray(), b.slice('1', '3'));
console.log(Buffer.concat([b, Buffer.from('!'), new Uint8Array([1, 2])]), Buffer.concat([b], 3),
    Buffer.concat([b], 10), Buffer.concat([]));
console.log(Buffer.compare(Buffer.from('a'), Buffer.from('b')), b.compare(b), b.compare(Buffer.from('b')),
    b.compare(Buffer.from('XXefX'), 2, 4, 4, 6), b.equals(Buffer.from('abXdefgh')));
console.log(Buffer.alloc(10, 'abc'), Buffer.alloc(5).fill('é'), Buffer.alloc(6).fill('ab', 1, 5),
    Buffer.alloc(4).fill(257), Buffer.alloc(4).fill('6162', 'hex'), Buffer.alloc(3).fill(true));
var c = Buffer.alloc(6);
console.log(b.copy(c, 2, 1), c, b.copy(c, 0, 6, 7), c, b.copy(b, 1, 0, 4), b.toString());
console.log(Buffer.from('aXbXc').indexOf('X', 2), Buffer.from('aXbXc').lastIndexOf('X', 2),
    Buffer.from('abc').includes('bc'), Buffer.from('abc').indexOf(98), Buffer.from('abc').indexOf(98 + 256),
    Buffer.from('abab').lastIndexOf(Buffer.from('ab')), Buffer.from('a').indexOf('ab'));
console.log(Buffer.from('\u0100a', 'utf16le').indexOf('a', 0, 'utf16le'));
console.log(Buffer.from([1, 2, 3, 4]).swap16(), Buffer.from([1, 2, 3, 4]).swap32(),
    Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]).swap64());
console.log(Buffer.byteLength('héé'), Buffer.byteLength('héé', 'latin1'), Buffer.byteLength('abc', 'utf16le'),
    Buffer.byteLength('YWI=', 'base64'), Buffer.byteLength(new ArrayBuffer(7)), Buffer.byteLength('\ud83d'));
console.log(Buffer.isBuffer(b), Buffer.isBuffer(new Uint8Array(1)), b instanceof Uint8Array,
    Buffer.isEncoding('UTF-8'), Buffer.isEncoding('nope'), Buffer.isEncoding(5));
console.log(JSON.stringify({ b: Buffer.from('hi') }), String(Buffer.from('hi')), Buffer.from('hi') + '');
['utf8', 'latin1', 'ascii', 'hex', 'base64', 'base64url', 'utf16le', 'UCS-2', 'Binary'].forEach(function (name) {
    var bytes = Buffer.from([0, 0x7f, 0x80, 0xff, 0xc3, 0xa9, 0x3e, 0x3f]);
    var text = bytes.toString(name);
    console.log(name, JSON.stringify(text), Buffer.from(text, name).toString('hex'));
});
console.log(Buffer.from('a\u20acb').toString('utf8', 1, 3), Buffer.from('abc').toString('utf8', 1),
    Buffer.from('abc').toString(undefined, 0, 2), JSON.stringify(Buffer.from('abc').toString('utf8', 2, 1)));
var w = Buffer.alloc(6);
console.log(w.write('€€'), w.write('€€€', 1), w.write('ff00', 4, 'hex'), w.write('abc', 2, 2), w,
    w.write('€', 5), w.write('zz', 0, 1, 'latin1'), w);
[200, 50, 51, 0].forEach(function (size) {
    console.log(Buffer.alloc(size, 1));
});
console.log({ a: Buffer.from('x'), list: [Buffer.from('y')] });
console.log(Object.prototype.toString.call(b), Buffer.name, typeof require('buffer').kMaxLength);
var shared = Buffer.from(new SharedArrayBuffer(4));
shared[1] = 7;
console.log(shared, shared.buffer instanceof SharedArrayBuffer);
var moved = Buffer.alloc(100, 5);
var clone = structuredClone(moved, { transfer: [moved.buffer] });
console.log(moved.length, clone.length, clone.constructor === Uint8Array, clone[99]);
