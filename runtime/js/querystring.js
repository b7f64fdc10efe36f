// querystring: "a=1&b=2" to an object and back.
'use strict';

const escaped = /[^A-Za-z0-9\-_.!~*'()]/;

function escape(text) {
    if (typeof text !== 'string') {
        text = text !== null && typeof text === 'object' ? String(text) : text + '';
    }
    if (!escaped.test(text)) {
        return text;
    }
    try {
        return encodeURIComponent(text);
    } catch (error) {
        throw require('errors').coded(URIError, 'ERR_INVALID_URI', 'URI malformed');
    }
}

function unescape(text) {
    try {
        return decodeURIComponent(text);
    } catch (error) {
        return require('url_parse').decode(text);
    }
}

function primitive(value) {
    return typeof value === 'string' ? value :
        (typeof value === 'number' && isFinite(value)) || typeof value === 'boolean' ?
            String(value) : '';
}

exports.stringify = exports.encode = function stringify(object, separator, equals, options) {
    var encode = options && typeof options.encodeURIComponent === 'function' ?
        options.encodeURIComponent : exports.escape;
    separator = separator || '&';
    equals = equals || '=';
    if (object === null || typeof object !== 'object') {
        return '';
    }
    var parts = [];
    Object.keys(object).forEach(function (key) {
        var name = encode(key) + equals;
        (Array.isArray(object[key]) ? object[key] : [object[key]]).forEach(function (value) {
            parts.push(name + encode(primitive(value)));
        });
    });
    return parts.join(separator);
};

exports.parse = exports.decode = function parse(text, separator, equals, options) {
    var result = Object.create(null);
    separator = separator ? String(separator) : '&';
    equals = equals ? String(equals) : '=';
    var max = options && typeof options.maxKeys === 'number' ? options.maxKeys : 1000;
    var decode = options && typeof options.decodeURIComponent === 'function' ?
        options.decodeURIComponent : exports.unescape;
    function decoded(part) {
        part = part.replace(/\+/g, ' ');
        try {
            return decode(part);
        } catch (error) {
            return unescape(part);
        }
    }
    if (typeof text !== 'string' || text === '') {
        return result;
    }
    var parts = text.split(separator).filter(function (part) { return part !== ''; });
    (max > 0 ? parts.slice(0, max) : parts).forEach(function (part) {
        var at = part.indexOf(equals);
        var key = decoded(at < 0 ? part : part.slice(0, at));
        var value = at < 0 ? '' : decoded(part.slice(at + equals.length));
        if (!(key in result)) {
            result[key] = value;
        } else if (Array.isArray(result[key])) {
            result[key].push(value);
        } else {
            result[key] = [result[key], value];
        }
    });
    return result;
};

exports.escape = escape;
exports.unescape = unescape;
exports.unescapeBuffer = function unescapeBuffer(text) {
    return require('buffer').Buffer.from(require('url_parse').decode(String(text)));
};
