// TextDecoder and TextEncoder: labels, errors, streaming, byte order marks; atob, btoa; StringDecoder.
function show(run) {
    try { console.log(run()); } catch (error) { console.log(error.name, error.code, error.message); }
}
var bytes = [0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xff, 0xe2, 0x82, 0x41, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0xf0, 0x9f];
var all = new Uint8Array(bytes);
['utf8', 'UTF-8', ' latin1 ', 'ascii', 'utf-16le', 'utf-16be', 'windows-1252'].forEach(function (label) {
    var decoder = new TextDecoder(label);
    show(function () { return [decoder.encoding, JSON.stringify(decoder.decode(all))].join(' '); });
});
show(function () { return new TextDecoder('nope'); });
show(function () { return new TextDecoder('utf-8', { fatal: true }).decode(all); });
show(function () { return new TextDecoder('utf-8', { fatal: true }).decode(all.subarray(0, 7)); });
show(function () { return new TextDecoder('utf-16le', { fatal: true }).decode(new Uint8Array([0, 0xd8, 65, 0])); });
show(function () { return new TextDecoder().decode(5); });
show(function () { return TextDecoder(); });
show(function () { return JSON.stringify([new TextDecoder().decode(), new TextDecoder().decode(new ArrayBuffer(2)), new TextDecoder().decode(new DataView(all.buffer, 0, 3))]); });
['utf-8', 'utf-16le'].forEach(function (label) {
    var decoder = new TextDecoder(label);
    var text = [];
    for (var i = 0; i < all.length; i++) {
        text.push(decoder.decode(all.subarray(i, i + 1), { stream: true }));
    }
    text.push(decoder.decode());
    console.log(JSON.stringify(text), JSON.stringify(decoder.decode(all.subarray(0, 3))));
});
var mark = new Uint8Array([0xef, 0xbb, 0xbf, 0x41]);
console.log(new TextDecoder().decode(mark).length, new TextDecoder('utf-8', { ignoreBOM: true }).decode(mark).length, new TextDecoder().fatal, new TextDecoder().ignoreBOM);
var decoder = new TextDecoder();
console.log(JSON.stringify([decoder.decode(mark.subarray(0, 2), { stream: true }), decoder.decode(mark.subarray(2), { stream: true }), decoder.decode(mark)]));
var encoder = new TextEncoder();
console.log(encoder.encode('é€😀\ud800'), encoder.encode(), encoder.encode(5), encoder.encoding, encoder.encode('x').buffer.byteLength);
var room = new Uint8Array(5);
console.log(encoder.encodeInto('a€😀', room), room, encoder.encodeInto('😀', room.subarray(0, 3)));
show(function () { return encoder.encodeInto('a', []); });
show(function () { return encoder.encodeInto(5, room); });
console.log(btoa('héllo'), atob('aOlsbG8='), atob(' YQ\n= = '), atob('YQ'), btoa(''), btoa(null));
[function () { return atob('a'); }, function () { return atob('YQ==='); }, function () { return atob('Y_Q='); }, function () { return btoa('€'); }, function () { return atob(); }].forEach(show);
var StringDecoder = require('string_decoder').StringDecoder;
['utf8', 'utf16le', 'base64', 'hex', 'latin1', 'ascii', 'base64url'].forEach(function (name) {
    var d = new StringDecoder(name);
    var text = [];
    for (var i = 0; i < all.length; i += 2) {
        text.push(d.write(Buffer.from(bytes.slice(i, i + 2))));
    }
    console.log(d.encoding, JSON.stringify(text), JSON.stringify(d.end()));
});
show(function () { return new StringDecoder('nope'); });
show(function () { return new StringDecoder().write(5); });
show(function () { return new StringDecoder('utf8').end(Buffer.from([0xe2, 0x82])); });
console.log(Object.prototype.toString.call(encoder), Object.prototype.toString.call(decoder));
