// POSIX paths as text; nothing here looks at the file system, except that relative paths are
// resolved against the current directory.
'use strict';

const errors = require('errors');

// Resolves "." and ".." in `path`; parts that climb above the start stay when it is relative.
function normalizeParts(path, isAbsolute) {
    var parts = [];
    path.split('/').forEach(function (part) {
        if (part === '' || part === '.') {
            return;
        }
        if (part !== '..') {
            parts.push(part);
        } else if (parts.length > 0 && parts[parts.length - 1] !== '..') {
            parts.pop();
        } else if (!isAbsolute) {
            parts.push(part);
        }
    });
    return parts.join('/');
}

exports.sep = '/';
exports.delimiter = ':';

exports.isAbsolute = function isAbsolute(path) {
    errors.requireString(path, 'path');
    return path[0] === '/';
};

exports.normalize = function normalize(path) {
    errors.requireString(path, 'path');
    if (path === '') {
        return '.';
    }
    var isAbsolute = path[0] === '/';
    var result = normalizeParts(path, isAbsolute);
    if (result === '' && !isAbsolute) {
        return path[path.length - 1] === '/' ? './' : '.';
    }
    if (result !== '' && path[path.length - 1] === '/') {
        result += '/';
    }
    return isAbsolute ? '/' + result : result;
};

exports.join = function join() {
    var parts = [];
    for (var i = 0; i < arguments.length; i++) {
        errors.requireString(arguments[i], 'path');
        if (arguments[i] !== '') {
            parts.push(arguments[i]);
        }
    }
    return parts.length === 0 ? '.' : exports.normalize(parts.join('/'));
};

exports.resolve = function resolve() {
    var path = '';
    for (var i = arguments.length - 1; i >= 0 && path[0] !== '/'; i--) {
        errors.requireString(arguments[i], 'paths[' + i + ']');
        if (arguments[i] !== '') {
            path = arguments[i] + '/' + path;
        }
    }
    if (path[0] !== '/') {
        path = process.cwd() + '/' + path;
    }
    return '/' + normalizeParts(path, true);
};

exports.relative = function relative(from, to) {
    errors.requireString(from, 'from');
    errors.requireString(to, 'to');
    var source = exports.resolve(from).split('/').filter(Boolean);
    var target = exports.resolve(to).split('/').filter(Boolean);
    var same = 0;
    while (same < source.length && same < target.length && source[same] === target[same]) {
        same++;
    }
    var up = source.slice(same).map(function () {
        return '..';
    });
    return up.concat(target.slice(same)).join('/');
};

function trimSlashes(path) {
    var end = path.length;
    while (end > 1 && path[end - 1] === '/') {
        end--;
    }
    return path.slice(0, end);
}

exports.dirname = function dirname(path) {
    errors.requireString(path, 'path');
    var trimmed = trimSlashes(path);
    var slash = trimmed.lastIndexOf('/');
    if (slash < 0) {
        return '.';
    }
    if (slash === 0) {
        return '/';
    }
    return slash === 1 && path[0] === '/' ? '//' : trimmed.slice(0, slash);
};

exports.basename = function basename(path, suffix) {
    errors.requireString(path, 'path');
    if (suffix !== undefined) {
        errors.requireString(suffix, 'suffix');
    }
    if (path === suffix) {
        return '';
    }
    var trimmed = trimSlashes(path);
    var base = trimmed === '/' ? '' : trimmed.slice(trimmed.lastIndexOf('/') + 1);
    if (suffix && base !== suffix && base.slice(-suffix.length) === suffix) {
        base = base.slice(0, -suffix.length);
    }
    return base;
};

exports.extname = function extname(path) {
    var base = exports.basename(path);
    var dot = base.lastIndexOf('.');
    return dot <= 0 || base === '..' ? '' : base.slice(dot);
};

exports.parse = function parse(path) {
    errors.requireString(path, 'path');
    var root = path[0] === '/' ? '/' : '';
    var base = exports.basename(path);
    var ext = exports.extname(path);
    var trimmed = trimSlashes(path);
    var slash = trimmed.lastIndexOf('/');
    var dir = slash < 0 ? '' : slash === 0 ? root : trimmed.slice(0, slash);
    return { root: root, dir: trimmed === '/' ? root : dir, base: base, ext: ext,
        name: ext ? base.slice(0, -ext.length) : base };
};

exports.format = function format(parts) {
    if (parts === null || typeof parts !== 'object') {
        throw errors.invalidType('pathObject', 'of type object', parts);
    }
    var dir = parts.dir || parts.root;
    var ext = parts.ext ? (parts.ext[0] === '.' ? '' : '.') + parts.ext : '';
    var base = parts.base || (parts.name || '') + ext;
    return !dir ? base : dir === parts.root ? dir + base : dir + '/' + base;
};

exports.toNamespacedPath = function toNamespacedPath(path) {
    return path;
};

exports.posix = exports;
