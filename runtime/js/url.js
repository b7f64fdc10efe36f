// url: URL and URLSearchParams of the URL standard on url_parse.js, file URLs, and Node's older
// functions, which are in url_legacy.js.
'use strict';

const errors = require('errors');
const parser = require('url_parse');
const iterate = require('iterate');
const CUSTOM = Symbol.for('nodejs.util.inspect.custom');
const RECORD = Symbol('record');
const QUERY = Symbol('query');
const LIST = Symbol('list');
const OWNER = Symbol('owner');

function hide(object, key, value) {
    Object.defineProperty(object, key, { value: value, writable: true });
}

function missing(names) {
    return errors.coded(TypeError, 'ERR_MISSING_ARGS', 'The ' + names + ' must be specified');
}

// ---- URL ------------------------------------------------------------------------------------------

function parse(input, base) {
    var from = base === undefined ? undefined : parser.parse(String(base));
    var record = from === null ? null : parser.parse(String(input), from);
    if (record === null) {
        var error = new TypeError('Invalid URL');
        error.code = 'ERR_INVALID_URL';
        error.input = String(input);
        if (base !== undefined) {
            error.base = String(base);
        }
        throw error;
    }
    return record;
}

function URL(input, base) {
    if (!(this instanceof URL)) {
        throw new TypeError("Class constructor URL cannot be invoked without 'new'");
    }
    if (arguments.length === 0) {
        throw missing('"url" argument');
    }
    hide(this, RECORD, parse(input, base));
    hide(this, QUERY, null);
}

function recordOf(url) {
    if (url === null || typeof url !== 'object' || url[RECORD] === undefined) {
        throw new TypeError('Receiver must be an instance of class URL');
    }
    return url[RECORD];
}

const GET = {
    href: parser.serialize,
    origin: parser.origin,
    protocol: function (record) { return record.scheme + ':'; },
    username: function (record) { return record.username; },
    password: function (record) { return record.password; },
    host: parser.hostOf,
    hostname: function (record) { return record.host || ''; },
    port: function (record) { return record.port === null ? '' : String(record.port); },
    pathname: parser.pathOf,
    search: function (record) { return record.query ? '?' + record.query : ''; },
    searchParams: null,
    hash: function (record) { return record.fragment ? '#' + record.fragment : ''; }
};

URL.prototype.toString = function toString() {
    return parser.serialize(recordOf(this));
};

function setter(name) {
    if (name === 'origin' || name === 'searchParams') {
        return undefined;
    }
    return function (value) {
        var record = recordOf(this);
        if (name === 'href') {
            this[RECORD] = parse(value);
        } else {
            parser.set[name](record, String(value));
        }
        if (this[QUERY] !== null && (name === 'href' || name === 'search')) {
            this[QUERY][LIST] = parseQuery(this[RECORD].query || '');
        }
    };
}

function searchParams() {
    var record = recordOf(this);
    if (this[QUERY] === null) {
        this[QUERY] = new URLSearchParams(record.query || '');
        hide(this[QUERY], OWNER, this);
    }
    return this[QUERY];
}

Object.keys(GET).forEach(function (name) {
    var read = GET[name];
    Object.defineProperty(URL.prototype, name, { enumerable: true, configurable: true,
        get: read === null ? searchParams : function () { return read(recordOf(this)); },
        set: setter(name) });
});

URL.prototype.toJSON = function toJSON() {
    return this.toString();
};
Object.defineProperty(URL.prototype, Symbol.toStringTag, { value: 'URL', configurable: true });
Object.defineProperty(URL.prototype, CUSTOM, { writable: true, configurable: true,
    value: function (depth, options) {
        if (typeof depth === 'number' && depth < 0) {
            return this;
        }
        var shown = {};
        var url = this;
        Object.keys(GET).forEach(function (name) { shown[name] = url[name]; });
        return (this.constructor.name || 'URL') + ' ' + require('inspect').inspect(shown, options);
    } });

URL.canParse = function canParse(input, base) {
    if (arguments.length === 0) {
        throw missing('"url" argument');
    }
    try {
        parse(input, base);
        return true;
    } catch (error) {
        return false;
    }
};

// ---- URLSearchParams --------------------------------------------------------------------------------

function unescapeForm(text) {
    return parser.decode(text.replace(/\+/g, ' '));
}

// A flat list: name, value, name, value ...
function parseQuery(text) {
    var list = [];
    text.split('&').forEach(function (part) {
        if (part !== '') {
            var equals = part.indexOf('=');
            list.push(unescapeForm(equals < 0 ? part : part.slice(0, equals)),
                equals < 0 ? '' : unescapeForm(part.slice(equals + 1)));
        }
    });
    return list;
}

function escapeForm(text) {
    return parser.encode(text, '!"#$%&\'()+,/:;<=>?@[\\]^`{|}~').replace(/ /g, '+');
}

function serializeQuery(list) {
    var parts = [];
    for (var i = 0; i < list.length; i += 2) {
        parts.push(escapeForm(list[i]) + '=' + escapeForm(list[i + 1]));
    }
    return parts.join('&');
}

function wellFormed(value) {
    return String(value).replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, function (text) {
        return text.length === 2 ? text : '\ufffd';
    });
}

function pairsOf(init) {
    var list = [];
    iterate.list(init).forEach(function (pair) {
        var isList = pair !== null && (typeof pair === 'object' || typeof pair === 'function') &&
            typeof pair[Symbol.iterator] === 'function';
        var values = isList || Array.isArray(pair) ? iterate.list(pair) : null;
        if (values === null || values.length !== 2) {
            throw errors.coded(TypeError, 'ERR_INVALID_TUPLE',
                'Each query pair must be an iterable [name, value] tuple');
        }
        list.push(wellFormed(values[0]), wellFormed(values[1]));
    });
    return list;
}

function listFrom(init) {
    if (init === undefined || init === null) {
        return [];
    }
    if (typeof init !== 'object' && typeof init !== 'function') {
        init = wellFormed(init);
        return parseQuery(init[0] === '?' ? init.slice(1) : init);
    }
    if (init[LIST]) {
        return init[LIST].slice();
    }
    var method = init[Symbol.iterator];
    if (Array.isArray(init) || typeof method === 'function') {
        return pairsOf(init);
    }
    if (method !== undefined && method !== null) {
        throw errors.coded(TypeError, 'ERR_ARG_NOT_ITERABLE', 'Query pairs must be iterable');
    }
    var list = [];
    Reflect.ownKeys(init).forEach(function (key) {
        if (Object.prototype.propertyIsEnumerable.call(init, key)) {
            if (typeof key === 'symbol') {
                throw new TypeError('Cannot convert a Symbol value to a string');
            }
            list.push(wellFormed(key), wellFormed(init[key]));
        }
    });
    return list;
}

function URLSearchParams(init) {
    if (!(this instanceof URLSearchParams)) {
        throw new TypeError("Class constructor URLSearchParams cannot be invoked without 'new'");
    }
    hide(this, LIST, listFrom(init));
}

const methods = URLSearchParams.prototype;
const Iterator = iterate.kind('URLSearchParams Iterator');

function listOf(params) {
    if (params === null || typeof params !== 'object' || params[LIST] === undefined) {
        throw errors.coded(TypeError, 'ERR_INVALID_THIS',
            'Value of "this" must be of type URLSearchParams');
    }
    return params[LIST];
}

function changed(params, list) {
    params[LIST] = list;
    if (params[OWNER]) {
        var text = serializeQuery(list);
        params[OWNER][RECORD].query = text === '' ? null : text;
    }
}

function define(name, count, method) {
    methods[name] = method;
    Object.defineProperty(method, 'name', { value: name });
    methods[name] = function () {
        listOf(this);
        if (arguments.length < count) {
            throw missing(count === 2 ? '"name" and "value" arguments' : '"name" argument');
        }
        return method.apply(this, arguments);
    };
    Object.defineProperty(methods[name], 'name', { value: name });
}

Object.defineProperty(methods, 'size', { enumerable: true, configurable: true,
    get: function () { return listOf(this).length / 2; } });

define('append', 2, function (name, value) {
    changed(this, this[LIST].concat([wellFormed(name), wellFormed(value)]));
});

function without(list, name, value) {
    return list.filter(function (item, index) {
        var at = index - index % 2;
        return list[at] !== name || (value !== undefined && list[at + 1] !== value);
    });
}

define('delete', 1, function (name, value) {
    changed(this, without(this[LIST], wellFormed(name),
        value === undefined ? undefined : wellFormed(value)));
});

function valuesOf(list, name) {
    return list.filter(function (item, index) {
        return index % 2 === 1 && list[index - 1] === name;
    });
}

define('get', 1, function (name) {
    var found = valuesOf(this[LIST], wellFormed(name));
    return found.length > 0 ? found[0] : null;
});

define('getAll', 1, function (name) {
    return valuesOf(this[LIST], wellFormed(name));
});

define('has', 1, function (name, value) {
    var found = valuesOf(this[LIST], wellFormed(name));
    return value === undefined ? found.length > 0 : found.indexOf(wellFormed(value)) >= 0;
});

define('set', 2, function (name, value) {
    name = wellFormed(name);
    var list = this[LIST];
    for (var i = 0; i < list.length && list[i] !== name; i += 2) {
        // looks for the first
    }
    var head = list.slice(0, i).concat([name, wellFormed(value)]);
    changed(this, head.concat(without(list.slice(i), name)));
});

define('sort', 0, function () {
    var list = this[LIST];
    var order = [];
    for (var i = 0; i < list.length; i += 2) {
        order.push(i);
    }
    order.sort(function (a, b) {
        return list[a] < list[b] ? -1 : list[a] > list[b] ? 1 : a - b;
    });
    changed(this, order.reduce(function (all, at) {
        return all.concat(list[at], list[at + 1]);
    }, []));
});

// Iterators look at the list as it is when they come to it.
function iterator(params, pick) {
    var at = 0;
    return new Iterator(function () {
        var list = params[LIST];
        var done = at >= list.length;
        var value = done ? undefined : pick(list, at);
        at += 2;
        return { value: value, done: done };
    });
}

define('entries', 0, function () {
    return iterator(this, function (list, at) { return [list[at], list[at + 1]]; });
});
define('forEach', 0, function (callback, receiver) {
    errors.requireFunction(callback, 'callback');
    for (var i = 0; i < this[LIST].length; i += 2) {
        callback.call(receiver, this[LIST][i + 1], this[LIST][i], this);
    }
});
define('keys', 0, function () {
    return iterator(this, function (list, at) { return list[at]; });
});
define('values', 0, function () {
    return iterator(this, function (list, at) { return list[at + 1]; });
});
define('toString', 0, function () {
    return serializeQuery(this[LIST]);
});
Object.defineProperty(methods, Symbol.iterator, { value: methods.entries, writable: true,
    configurable: true });
Object.defineProperty(methods, Symbol.toStringTag, { value: 'URLSearchParams', configurable: true });
Object.defineProperty(methods, CUSTOM, { writable: true, configurable: true,
    value: function (depth, options) {
        if (typeof depth === 'number' && depth < 0) {
            return '[Object]';
        }
        var inspect = require('inspect').inspect;
        var list = this[LIST];
        var texts = [];
        var length = 0;
        for (var i = 0; i < list.length; i += 2) {
            texts.push(inspect(list[i], options) + ' => ' + inspect(list[i + 1], options));
            length += texts[texts.length - 1].length + 2;
        }
        if (texts.length === 0) {
            return 'URLSearchParams {}';
        }
        return length - 2 > (options.breakLength || 80) ?
            'URLSearchParams {\n  ' + texts.join(',\n  ') + ' }' :
            'URLSearchParams { ' + texts.join(', ') + ' }';
    } });

// ---- files ----------------------------------------------------------------------------------------

function fileURLToPath(value) {
    if (typeof value === 'string') {
        value = new URL(value);
    } else if (value === null || typeof value !== 'object' || !value.href || !value.protocol) {
        throw errors.invalidType('path', 'of type string or an instance of URL', value);
    }
    if (value.protocol !== 'file:') {
        throw errors.coded(TypeError, 'ERR_INVALID_URL_SCHEME', 'The URL must be of scheme file');
    }
    if (value.hostname !== '') {
        throw errors.coded(TypeError, 'ERR_INVALID_FILE_URL_HOST',
            'File URL host must be "localhost" or empty on linux');
    }
    if (/%2f/i.test(value.pathname)) {
        throw errors.coded(TypeError, 'ERR_INVALID_FILE_URL_PATH',
            'File URL path must not include encoded / characters');
    }
    return decodeURIComponent(value.pathname);
}

function pathToFileURL(path) {
    if (typeof path !== 'string') {
        throw errors.invalidType('path', 'of type string', path);
    }
    var resolved = require('path').resolve(path);
    if (path[path.length - 1] === '/' && resolved[resolved.length - 1] !== '/') {
        resolved += '/';
    }
    return new URL('file://' + resolved.replace(/[%\\\n\r\t?#~[\]^|]/g, function (mark) {
        return '%' + (mark.charCodeAt(0) < 16 ? '0' : '') + mark.charCodeAt(0).toString(16).toUpperCase();
    }));
}

function lazily(name) {
    return function () {
        var legacy = require('url_legacy');
        return legacy[name].apply(legacy, arguments);
    };
}

['Url', 'parse', 'resolve', 'resolveObject', 'format'].forEach(function (name) {
    exports[name] = lazily(name);
    Object.defineProperty(exports[name], 'name', { value: name });
});
exports.URL = URL;
exports.URLSearchParams = URLSearchParams;
exports.domainToASCII = function domainToASCII(domain) {
    var record = parser.parse('ws://' + domain);
    return record === null ? '' : record.host;
};
exports.domainToUnicode = function domainToUnicode(domain) {
    return String(domain);
};
exports.pathToFileURL = pathToFileURL;
exports.fileURLToPath = fileURLToPath;
exports.urlToHttpOptions = function urlToHttpOptions(url) {
    var options = Object.assign(Object.create(null), {
        protocol: url.protocol,
        hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
        hash: url.hash,
        search: url.search,
        pathname: url.pathname,
        path: url.pathname + url.search,
        href: url.href
    });
    if (url.port !== '') {
        options.port = Number(url.port);
    }
    if (url.username || url.password) {
        options.auth = decodeURIComponent(url.username) + ':' + decodeURIComponent(url.password);
    }
    return options;
};
