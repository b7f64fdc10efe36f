// The URL parser of the WHATWG URL standard: text (and a base) to a record, a record to text, and
// the setters' overrides. A record is { scheme, username, password, host, port, path, query,
// fragment }; host and port are null when absent, path is a string when it is opaque, else a list.
'use strict';

const SPECIAL = { ftp: 21, file: null, http: 80, https: 443, ws: 80, wss: 443 };
const hasOwn = Object.prototype.hasOwnProperty;

function isSpecial(scheme) {
    return hasOwn.call(SPECIAL, scheme);
}

// ---- percent encoding -----------------------------------------------------------------------------

// What each part escapes besides controls and everything beyond ASCII.
const FRAGMENT = ' "<>`';
const QUERY = ' "#<>';
const SPECIAL_QUERY = QUERY + "'";
const PATH = QUERY + '?`{}';
const USERINFO = PATH + '/:;=@[\\]^|';
const CONTROLS = '';

function hexByte(byte) {
    return '%' + (byte < 16 ? '0' : '') + byte.toString(16).toUpperCase();
}

function utf8(code) {
    if (code < 0x80) {
        return hexByte(code);
    }
    if (code < 0x800) {
        return hexByte(0xc0 | code >> 6) + hexByte(0x80 | code & 63);
    }
    if (code < 0x10000) {
        return hexByte(0xe0 | code >> 12) + hexByte(0x80 | code >> 6 & 63) + hexByte(0x80 | code & 63);
    }
    return hexByte(0xf0 | code >> 18) + hexByte(0x80 | code >> 12 & 63) +
        hexByte(0x80 | code >> 6 & 63) + hexByte(0x80 | code & 63);
}

// The code point at `index`; a lone surrogate reads as U+FFFD.
function codeAt(text, index) {
    var code = text.charCodeAt(index);
    if (code < 0xd800 || code > 0xdfff) {
        return code;
    }
    var next = text.charCodeAt(index + 1);
    return code < 0xdc00 && next >= 0xdc00 && next <= 0xdfff ?
        0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00) : 0xfffd;
}

function encode(text, set) {
    var result = '';
    for (var i = 0; i < text.length; i++) {
        var code = codeAt(text, i);
        if (code > 0x1f && code < 0x7f && set.indexOf(text[i]) < 0) {
            result += text[i];
        } else {
            result += utf8(code);
            i += code > 0xffff ? 1 : 0;
        }
    }
    return result;
}

// The text that percent-encoded bytes stand for.
function decode(text) {
    if (text.indexOf('%') < 0) {
        return text;
    }
    var Buffer = require('buffer').Buffer;
    var source = Buffer.from(text);
    var bytes = Buffer.alloc(source.length);
    var count = 0;
    for (var i = 0; i < source.length; i++) {
        var pair = source[i] === 37 ? source.toString('latin1', i + 1, i + 3) : '';
        if (/^[0-9a-fA-F]{2}$/.test(pair)) {
            bytes[count++] = parseInt(pair, 16);
            i += 2;
        } else {
            bytes[count++] = source[i];
        }
    }
    return bytes.toString('utf8', 0, count);
}

// ---- hosts ----------------------------------------------------------------------------------------

const FORBIDDEN = /[\0\t\n\r #\/:<>?@[\\\]^|]/;
const FORBIDDEN_DOMAIN = /[\0-\x20#%\/:<>?@[\\\]^`{|}\x7f]/;

function parseIPv4Number(text) {
    if (text === '') {
        return NaN;
    }
    if (/^0[xX]/.test(text)) {
        return /^0[xX][0-9a-fA-F]*$/.test(text) ? (text.length === 2 ? 0 : parseInt(text, 16)) : NaN;
    }
    if (text.length > 1 && text[0] === '0') {
        return /^[0-7]+$/.test(text) ? parseInt(text, 8) : NaN;
    }
    return /^[0-9]+$/.test(text) ? parseInt(text, 10) : NaN;
}

function endsInNumber(host) {
    var parts = host.split('.');
    if (parts[parts.length - 1] === '') {
        if (parts.length === 1) {
            return false;
        }
        parts.pop();
    }
    var last = parts[parts.length - 1];
    return /^[0-9]+$/.test(last) || /^0[xX][0-9a-fA-F]*$/.test(last);
}

function parseIPv4(host) {
    var parts = host.split('.');
    if (parts[parts.length - 1] === '' && parts.length > 1) {
        parts.pop();
    }
    var numbers = parts.map(parseIPv4Number);
    var last = numbers[numbers.length - 1];
    var isBad = parts.length > 4 || numbers.some(isNaN) || numbers.slice(0, -1).some(function (n) {
        return n > 255;
    }) || last >= Math.pow(256, 5 - numbers.length);
    if (isBad) {
        return null;
    }
    var address = last;
    for (var i = 0; i < numbers.length - 1; i++) {
        address += numbers[i] * Math.pow(256, 3 - i);
    }
    return [24, 16, 8, 0].map(function (shift) {
        return Math.floor(address / Math.pow(2, shift)) % 256;
    }).join('.');
}

function groupsOf(text) {
    return text === '' ? [] : text.split(':');
}

// Eight numbers, or null.
function parseIPv6(text) {
    var halves = text.split('::');
    if (halves.length > 2) {
        return null;
    }
    var first = groupsOf(halves[0]);
    var second = halves.length === 2 ? groupsOf(halves[1]) : [];
    var end = halves.length === 2 ? second : first;
    if (end.length > 0 && end[end.length - 1].indexOf('.') >= 0) {
        var match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(end.pop());
        if (!match || match.slice(1).some(function (n) { return n > 255 || /^0\d/.test(n); })) {
            return null;
        }
        end.push((match[1] * 256 + +match[2]).toString(16), (match[3] * 256 + +match[4]).toString(16));
    }
    var all = first.concat(second);
    if (all.some(function (group) { return !/^[0-9a-fA-F]{1,4}$/.test(group); }) ||
        (halves.length === 2 ? all.length > 7 : all.length !== 8)) {
        return null;
    }
    while (first.length + second.length < 8) {
        first.push('0');
    }
    return first.concat(second).map(function (group) { return parseInt(group, 16); });
}

// The longest run of two or more zeros is written as "::".
function serializeIPv6(numbers) {
    var best = { at: -1, length: 1 };
    for (var i = 0; i < 8; i++) {
        var length = 0;
        while (i + length < 8 && numbers[i + length] === 0) {
            length++;
        }
        if (length > best.length) {
            best = { at: i, length: length };
        }
    }
    function join(list) {
        return list.map(function (n) { return n.toString(16); }).join(':');
    }
    return best.at < 0 ? '[' + join(numbers) + ']' :
        '[' + join(numbers.slice(0, best.at)) + '::' + join(numbers.slice(best.at + best.length)) + ']';
}

// One label beyond ASCII by RFC 3492.
function punycode(label) {
    var codes = [];
    for (var i = 0; i < label.length; i++) {
        codes.push(codeAt(label, i));
        i += codes[codes.length - 1] > 0xffff ? 1 : 0;
    }
    var basic = codes.filter(function (code) { return code < 128; });
    var output = String.fromCharCode.apply(null, basic) + (basic.length > 0 ? '-' : '');
    var n = 128, delta = 0, bias = 72, handled = basic.length;
    while (handled < codes.length) {
        var next = Math.min.apply(null, codes.filter(function (code) { return code >= n; }));
        delta += (next - n) * (handled + 1);
        n = next;
        for (i = 0; i < codes.length; i++) {
            delta += codes[i] < n ? 1 : 0;
            if (codes[i] === n) {
                output += varint(delta, bias);
                bias = adapt(delta, handled + 1, handled === basic.length);
                delta = 0;
                handled++;
            }
        }
        delta++;
        n++;
    }
    return 'xn--' + output;
}

function varint(value, bias) {
    var digits = '';
    for (var k = 36; ; k += 36) {
        var t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
        if (value < t) {
            return digits + digit(value);
        }
        digits += digit(t + (value - t) % (36 - t));
        value = Math.floor((value - t) / (36 - t));
    }
}

function digit(value) {
    return String.fromCharCode(value < 26 ? value + 97 : value + 22);
}

function adapt(delta, count, isFirst) {
    delta = isFirst ? Math.floor(delta / 700) : delta >> 1;
    delta += Math.floor(delta / count);
    for (var k = 0; delta > 455; k += 36) {
        delta = Math.floor(delta / 35);
    }
    return k + Math.floor(36 * delta / (delta + 38));
}

function toAscii(domain) {
    return domain.split(/[.\u3002\uff0e\uff61]/).map(function (label) {
        label = label.replace(/\u00ad/g, '').toLowerCase();
        if (!/[^\0-\x7f]/.test(label)) {
            return label;
        }
        return /^xn--/.test(label) ? '%' : punycode(label); // which no host may contain
    }).join('.');
}

// The host as it is written, null when it is none.
function parseHost(text, isOpaque) {
    if (text[0] === '[') {
        var numbers = text[text.length - 1] === ']' ? parseIPv6(text.slice(1, -1)) : null;
        return numbers && serializeIPv6(numbers);
    }
    if (isOpaque) {
        return FORBIDDEN.test(text) ? null : encode(text, CONTROLS);
    }
    var domain = toAscii(decode(text));
    if (domain === '' || FORBIDDEN_DOMAIN.test(domain)) {
        return null;
    }
    return endsInNumber(domain) ? parseIPv4(domain) : domain;
}

// ---- paths ----------------------------------------------------------------------------------------

function isWindowsLetter(text) {
    return /^[a-zA-Z][:|]$/.test(text);
}

function isSingleDot(part) {
    return /^(\.|%2e)$/i.test(part);
}

function isDoubleDot(part) {
    return /^(\.|%2e)(\.|%2e)$/i.test(part);
}

function shorten(record) {
    var path = record.path;
    if (!(record.scheme === 'file' && path.length === 1 && /^[a-zA-Z]:$/.test(path[0]))) {
        path.pop();
    }
}

// Appends the parts of `text` to the record's path.
function parsePath(record, text) {
    var parts = text.split(isSpecial(record.scheme) ? /[\/\\]/ : '/');
    for (var i = 0; i < parts.length; i++) {
        var isLast = i === parts.length - 1;
        var part = encode(parts[i], PATH);
        if (isDoubleDot(part)) {
            shorten(record);
            if (isLast) {
                record.path.push('');
            }
        } else if (isSingleDot(part)) {
            if (isLast) {
                record.path.push('');
            }
        } else {
            if (record.scheme === 'file' && record.path.length === 0 && isWindowsLetter(part)) {
                part = part[0] + ':';
            }
            record.path.push(part);
        }
    }
}

// ---- the parser -----------------------------------------------------------------------------------

function newRecord(scheme) {
    return { scheme: scheme, username: '', password: '', host: null, port: null, path: [],
        query: null, fragment: null };
}

// "user:password@host:port"; false when it is none.
function parseAuthority(record, text) {
    var at = text.lastIndexOf('@');
    if (at >= 0) {
        var user = text.slice(0, at);
        var colon = user.indexOf(':');
        record.username = encode(colon < 0 ? user : user.slice(0, colon), USERINFO);
        record.password = colon < 0 ? '' : encode(user.slice(colon + 1), USERINFO);
        text = text.slice(at + 1);
        if (text === '') {
            return false;
        }
    }
    var match = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(text);
    if (!match || (match[1] === '' && (isSpecial(record.scheme) || match[2] !== undefined || at >= 0))) {
        return false;
    }
    record.host = match[1] === '' ? '' : parseHost(match[1], !isSpecial(record.scheme));
    return record.host !== null && (!match[2] || parsePort(record, match[2]));
}

function parsePort(record, text) {
    if (!/^[0-9]+$/.test(text) || Number(text) > 65535) {
        return false;
    }
    record.port = Number(text) === SPECIAL[record.scheme] ? null : Number(text);
    return true;
}

// Cuts "#fragment" and "?query" off; the rest.
function cutEnd(record, text) {
    var hash = text.indexOf('#');
    if (hash >= 0) {
        record.fragment = encode(text.slice(hash + 1), FRAGMENT);
        text = text.slice(0, hash);
    }
    var mark = text.indexOf('?');
    if (mark >= 0) {
        record.query = encode(text.slice(mark + 1), isSpecial(record.scheme) ? SPECIAL_QUERY : QUERY);
        text = text.slice(0, mark);
    }
    return text;
}

function copyFrom(record, base) {
    record.username = base.username;
    record.password = base.password;
    record.host = base.host;
    record.port = base.port;
}

// Everything behind "scheme:" when there is an authority; `text` begins behind the slashes.
function parseWithAuthority(record, text) {
    var end = text.search(isSpecial(record.scheme) ? /[\/\\]/ : /\//);
    var authority = end < 0 ? text : text.slice(0, end);
    if (!parseAuthority(record, authority)) {
        return null;
    }
    if (end >= 0 || isSpecial(record.scheme)) {
        parsePath(record, end < 0 ? '' : text.slice(end + 1));
    }
    return record;
}

function parseRelative(record, text, base) {
    var slash = isSpecial(record.scheme) ? /^[\/\\]/ : /^\//;
    if (record.scheme === 'file') {
        return parseFile(record, text, base);
    }
    if (slash.test(text) && slash.test(text.slice(1))) {
        return parseWithAuthority(record, isSpecial(record.scheme) ? text.replace(/^[\/\\]+/, '') :
            text.slice(2));
    }
    copyFrom(record, base);
    if (slash.test(text)) {
        parsePath(record, text.slice(1));
        return record;
    }
    record.path = base.path.slice();
    if (text === '') {
        record.query = record.query === null ? base.query : record.query;
        return record;
    }
    shorten(record);
    parsePath(record, text);
    return record;
}

function parseFileHost(record, text) {
    var end = text.search(/[\/\\]/);
    var host = end < 0 ? text : text.slice(0, end);
    if (isWindowsLetter(host)) {
        parsePath(record, text);
        return record;
    }
    record.host = host === '' ? '' : parseHost(host, false);
    if (record.host === null) {
        return null;
    }
    if (record.host === 'localhost') {
        record.host = '';
    }
    parsePath(record, end < 0 ? '' : text.slice(end + 1));
    return record;
}

function parseFile(record, text, base) {
    record.host = '';
    if (/^[\/\\]{2}/.test(text)) {
        return parseFileHost(record, text.slice(2));
    }
    var isFromFile = base && base.scheme === 'file';
    if (/^[\/\\]/.test(text)) {
        if (isFromFile) {
            record.host = base.host;
        }
        parsePath(record, text.slice(1));
        return record;
    }
    if (!isFromFile) {
        parsePath(record, text);
        return record;
    }
    record.host = base.host;
    record.path = base.path.slice();
    if (text === '') {
        record.query = record.query === null ? base.query : record.query;
        return record;
    }
    if (/^[a-zA-Z][:|]([\/\\?#]|$)/.test(text)) {
        record.path = [];
    } else {
        shorten(record);
    }
    parsePath(record, text);
    return record;
}

function parseAbsolute(record, rest, base) {
    if (record.scheme === 'file') {
        return parseFile(record, rest, base);
    }
    if (isSpecial(record.scheme)) {
        if (base && base.scheme === record.scheme && !/^[\/\\]/.test(rest)) {
            return parseRelative(record, rest, base);
        }
        if (base && base.scheme === record.scheme && !/^[\/\\]{2}/.test(rest)) {
            return parseRelative(record, rest, base);
        }
        return parseWithAuthority(record, rest.replace(/^[\/\\]+/, ''));
    }
    if (rest.slice(0, 2) === '//') {
        return parseWithAuthority(record, rest.slice(2));
    }
    if (rest[0] === '/') {
        parsePath(record, rest.slice(1));
        return record;
    }
    record.path = encode(rest, CONTROLS);
    return record;
}

// The record of `input`, null when it is no URL. `base` is a record or undefined.
exports.parse = function (input, base) {
    var text = input.replace(/^[\0-\x20]+|[\0-\x20]+$/g, '').replace(/[\t\n\r]/g, '');
    var match = /^([a-zA-Z][a-zA-Z0-9+.\-]*):/.exec(text);
    if (!match && (!base || (typeof base.path === 'string' && text[0] !== '#'))) {
        return null;
    }
    var record = newRecord(match ? match[1].toLowerCase() : base.scheme);
    var rest = cutEnd(record, match ? text.slice(match[0].length) : text);
    if (match) {
        return parseAbsolute(record, rest, base);
    }
    if (typeof base.path === 'string') {
        if (rest !== '' || record.query !== null) {
            return null;
        }
        record.path = base.path;
        record.query = base.query;
        return record;
    }
    return parseRelative(record, rest, base);
};

exports.pathOf = function (record) {
    return typeof record.path === 'string' ? record.path :
        record.path.map(function (part) { return '/' + part; }).join('');
};

exports.hostOf = function (record) {
    return record.host === null ? '' :
        record.host + (record.port === null ? '' : ':' + record.port);
};

exports.serialize = function (record) {
    var text = record.scheme + ':';
    var path = exports.pathOf(record);
    if (record.host !== null) {
        var user = record.username + (record.password === '' ? '' : ':' + record.password);
        text += '//' + (user === '' ? '' : user + '@') + exports.hostOf(record);
    } else if (typeof record.path !== 'string' && record.path.length > 1 && record.path[0] === '') {
        text += '/.';
    }
    return text + path + (record.query === null ? '' : '?' + record.query) +
        (record.fragment === null ? '' : '#' + record.fragment);
};

exports.origin = function (record) {
    if (record.scheme === 'blob' && typeof record.path === 'string') {
        var inner = exports.parse(record.path);
        return inner && /^https?$/.test(inner.scheme) ? exports.origin(inner) : 'null';
    }
    return isSpecial(record.scheme) && record.scheme !== 'file' ?
        record.scheme + '://' + exports.hostOf(record) : 'null';
};

// ---- the setters ----------------------------------------------------------------------------------

function hasNoCredentials(record) {
    return record.host === null || record.host === '' || record.scheme === 'file';
}

const SET = exports.set = {};

SET.protocol = function (record, text) {
    var match = /^([a-zA-Z][a-zA-Z0-9+.\-]*)(:|$)/.exec(text);
    var scheme = match && match[1].toLowerCase();
    if (!match || isSpecial(scheme) !== isSpecial(record.scheme) ||
        (scheme === 'file' && (record.username || record.password || record.port !== null)) ||
        (record.scheme === 'file' && record.host === '')) {
        return;
    }
    record.scheme = scheme;
    record.port = record.port === SPECIAL[scheme] ? null : record.port;
};

SET.username = function (record, text) {
    if (!hasNoCredentials(record)) {
        record.username = encode(text, USERINFO);
    }
};

SET.password = function (record, text) {
    if (!hasNoCredentials(record)) {
        record.password = encode(text, USERINFO);
    }
};

function setHost(record, text, withPort) {
    if (typeof record.path === 'string') {
        return;
    }
    text = text.split(isSpecial(record.scheme) ? /[\/\\?#]/ : /[\/?#]/)[0];
    var match = /^(\[[^\]]*\]|[^:]*)(?::([0-9]*))?/.exec(text);
    if (match[1] === '' && isSpecial(record.scheme) && record.scheme !== 'file') {
        return;
    }
    var host = match[1] === '' ? '' : parseHost(match[1], !isSpecial(record.scheme));
    if (host === null) {
        return;
    }
    record.host = record.scheme === 'file' && host === 'localhost' ? '' : host;
    if (withPort && match[2]) {
        parsePort(record, match[2]);
    }
}

SET.host = function (record, text) {
    setHost(record, text, true);
};

SET.hostname = function (record, text) {
    if (!/^[^\[]*:/.test(text)) {
        setHost(record, text, false);
    }
};

SET.port = function (record, text) {
    if (hasNoCredentials(record)) {
        return;
    }
    if (text === '') {
        record.port = null;
    } else if (/^[0-9]/.test(text)) {
        parsePort(record, /^[0-9]+/.exec(text)[0]);
    }
};

SET.pathname = function (record, text) {
    if (typeof record.path === 'string') {
        return;
    }
    record.path = [];
    text = text.replace(/[\t\n\r]/g, '');
    var isLed = (isSpecial(record.scheme) ? /^[\/\\]/ : /^\//).test(text);
    if (text !== '' || isSpecial(record.scheme)) {
        parsePath(record, (isLed ? text.slice(1) : text).replace(/\?/g, '%3F').replace(/#/g, '%23'));
    }
};

SET.search = function (record, text) {
    var rest = text[0] === '?' ? text.slice(1) : text;
    record.query = text === '' ? null :
        encode(rest.replace(/[\t\n\r]/g, ''), isSpecial(record.scheme) ? SPECIAL_QUERY : QUERY);
};

SET.hash = function (record, text) {
    var rest = text[0] === '#' ? text.slice(1) : text;
    record.fragment = text === '' ? null : encode(rest.replace(/[\t\n\r]/g, ''), FRAGMENT);
};

exports.decode = decode;
exports.encode = encode;
exports.toAscii = toAscii;
