// What import specifiers mean: URLs, their files, what kind of module is there, import attributes,
// import.meta. Errors carry Node's codes.
'use strict';

const errors = require('errors');
const fileurl = require('fileurl');
const loader = require('loader');
const files = native('module');

// ---- errors -------------------------------------------------------------------------------------

function nameOf(base) {
    return base.slice(0, 5) === 'file:' ? fileurl.pathOf(base) : base;
}

function from(base) {
    return base === undefined ? '' : ' imported from ' + nameOf(base);
}

function withUrl(error, url) {
    error.url = url;
    return error;
}

// ---- from a specifier to a URL ------------------------------------------------------------------

function unresolvable(specifier, base) {
    return errors.coded(TypeError, 'ERR_UNSUPPORTED_RESOLVE_REQUEST',
        'Failed to resolve module specifier "' + specifier + '" from "' + base +
        '": Invalid relative URL or base scheme is not hierarchical.');
}

function badScheme(scheme) {
    return errors.coded(Error, 'ERR_UNSUPPORTED_ESM_URL_SCHEME', 'Only URLs with a scheme in: file, ' +
        "data, and node are supported by the default ESM loader. Received protocol '" + scheme + "'");
}

// "node:path", a file URL or a data URL. Files need not exist.
function toUrl(specifier, base) {
    var name = loader.publicName(specifier);
    if (name !== undefined) {
        return 'node:' + name;
    }
    var scheme = /^([a-z][a-z0-9+.\-]*:)/i.exec(specifier);
    var isFile = base.slice(0, 5) === 'file:';
    if (scheme !== null) {
        return checkScheme(scheme[1].toLowerCase(), specifier);
    }
    if (!isFile) {
        throw unresolvable(specifier, base);
    }
    if (/^(\.{0,2}\/|\.{1,2}$)/.test(specifier)) {
        return fileurl.join(specifier, base);
    }
    var found = require('resolve').importName(specifier, fileurl.pathOf(base));
    return found[0] === '/' ? fileurl.urlOf(found) : toUrl(found, base);
}

function checkScheme(scheme, specifier) {
    if (scheme === 'node:') {
        throw errors.coded(Error, 'ERR_UNKNOWN_BUILTIN_MODULE',
            'No such built-in module: ' + specifier);
    }
    if (scheme !== 'file:' && scheme !== 'data:') {
        throw badScheme(scheme);
    }
    return scheme === 'file:' && !/^file:\/\//i.test(specifier) ?
        fileurl.join(specifier.slice(5), 'file:///') : specifier;
}

// ---- what is there ------------------------------------------------------------------------------

// 'module', 'json', 'commonjs', or 'open' when the text decides.
function kindOf(path, url) {
    var format = loader.formatOf(path);
    var name = path.slice(path.lastIndexOf('/') + 1);
    if (format === undefined && !/\.js$/.test(name) && /.\./.test(name)) {
        throw errors.coded(TypeError, 'ERR_UNKNOWN_FILE_EXTENSION',
            'Unknown file extension "' + name.slice(name.lastIndexOf('.')) + '" for ' + path);
    }
    if (format === undefined && !/\./.test(name)) {
        var own = loader.packageOf(path);
        return own && own.data.type === 'module' ? 'module' : 'open';
    }
    if (format === 'addon') {
        throw require('report').addon(path);
    }
    return format || 'open';
}

function checkPath(url, base) {
    var path = /^file:\/\/[^\/]*([^?#]*)/i.exec(url)[1];
    if (/%2f|%5c/i.test(path)) {
        throw require('resolve').badSpecifier(path,
            'must not include encoded "/" or "\\" characters', base && nameOf(base));
    }
    return fileurl.pathOf(url);
}

function finishFile(url, base) {
    var path = checkPath(url, base);
    var kind = files.stat(path);
    if (kind === 1) {
        throw withUrl(errors.coded(Error, 'ERR_UNSUPPORTED_DIR_IMPORT', "Directory import '" + path +
            "' is not supported resolving ES modules" + from(base)), url);
    }
    if (kind !== 0 || path[path.length - 1] === '/') {
        throw withUrl(errors.coded(Error, 'ERR_MODULE_NOT_FOUND',
            "Cannot find module '" + path + "'" + from(base)), url);
    }
    return exports.found(path, /[?#].*$/.exec(url));
}

// The file at a path, with symbolic links resolved; `rest` is a match of the URL's query.
exports.found = function (path, rest) {
    path = files.realpath(path);
    var url = fileurl.urlOf(path) + (rest ? rest[0] : '');
    return { url: url, path: path, kind: kindOf(path, url) };
};

// In the URL itself: base64 or percent-encoded, UTF-8.
function textOf(data, isBase64) {
    if (!isBase64) {
        return decodeURIComponent(data);
    }
    return require('buffer').Buffer.from(decodeURIComponent(data), 'base64').toString();
}

function finishData(url) {
    var parts = /^data:([^,;]*)((?:;[^,;]*)*),([^]*)$/i.exec(url);
    if (parts === null) {
        throw errors.coded(TypeError, 'ERR_INVALID_URL', 'Invalid URL');
    }
    var kind = { 'text/javascript': 'module', 'application/json': 'json' }[parts[1].toLowerCase()];
    if (kind === undefined) {
        throw errors.coded(RangeError, 'ERR_UNKNOWN_MODULE_FORMAT',
            'Unknown module format: ' + (parts[1] || null) + ' for URL ' + url);
    }
    return { url: url, path: undefined, kind: kind, text: textOf(parts[3], /;base64$/i.test(parts[2])) };
}

// From a URL to { url, path, kind, text? }.
exports.finish = function (url, base) {
    if (url.slice(0, 5) === 'node:') {
        return { url: url, path: url.slice(5), kind: 'builtin' };
    }
    return /^data:/i.test(url) ? finishData(url) : finishFile(url, base);
};

exports.resolve = function (specifier, base) {
    return exports.finish(toUrl(specifier, base), base);
};

// The URL that what a script imports is relative to: it may be a path or just a name.
exports.baseOf = function (referrer) {
    if (/^(file|data):/.test(referrer)) {
        return referrer;
    }
    return fileurl.urlOf(referrer[0] === '/' ? referrer : native('process').cwd() + '/' + referrer);
};

// ---- import attributes --------------------------------------------------------------------------

// Of import()'s second argument.
exports.attributesOf = function (options) {
    if (options === undefined) {
        return undefined;
    }
    if (options === null || typeof options !== 'object') {
        throw new TypeError('The second argument of import() must be an object');
    }
    var attributes = options.with === undefined ? options.assert : options.with;
    if (attributes !== undefined && (attributes === null || typeof attributes !== 'object')) {
        throw new TypeError("The 'with' option must be an object");
    }
    return attributes;
};

// The type that is asked for, when it is what is there.
exports.checkType = function (found, attributes) {
    var type = attributes ? attributes.type : undefined;
    if (type !== undefined && type !== 'json') {
        throw errors.coded(TypeError, 'ERR_IMPORT_ASSERTION_TYPE_UNSUPPORTED',
            'Import attribute type "' + type + '" is unsupported');
    }
    if (type === undefined && found.kind === 'json') {
        throw errors.coded(TypeError, 'ERR_IMPORT_ASSERTION_TYPE_MISSING',
            'Module "' + found.url + '" needs an import attribute of type "json"');
    }
    if (type === 'json' && found.kind !== 'json') {
        throw errors.coded(TypeError, 'ERR_IMPORT_ASSERTION_TYPE_FAILED',
            'Module "' + found.url + '" is not of type "json"');
    }
    return type;
};

// ---- import.meta --------------------------------------------------------------------------------

exports.makeMeta = function (record) {
    var meta = Object.create(null);
    if (record.path !== undefined) {
        meta.dirname = loader.directoryOf(record.path);
        meta.filename = record.path;
    }
    meta.resolve = function resolve(specifier) {
        return toUrl(String(specifier), record.url);
    };
    meta.url = record.url;
    return meta;
};
