// File URLs and paths, for the loader. (Scripts have `url`.)
'use strict';

const errors = require('errors');

// "file:///a/b%20c?query#hash" -> "/a/b c"
exports.pathOf = function (url) {
    var parts = /^file:(?:\/\/([^\/?#]*))?([^?#]*)/i.exec(url);
    if (parts === null) {
        throw errors.coded(TypeError, 'ERR_INVALID_URL_SCHEME', 'The URL must be of scheme file');
    }
    if (parts[1] && parts[1].toLowerCase() !== 'localhost') {
        throw errors.coded(TypeError, 'ERR_INVALID_FILE_URL_HOST',
            'File URL host must be "localhost" or empty on linux');
    }
    if (/%2f/i.test(parts[2])) {
        throw errors.coded(TypeError, 'ERR_INVALID_FILE_URL_PATH',
            'File URL path must not include encoded / characters');
    }
    return decodeURIComponent(parts[2]) || '/';
};

// A lone surrogate has no bytes to be encoded.
function wellFormed(text) {
    return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(^|[^\ud800-\udbff])[\udc00-\udfff]/g,
        '$1\ufffd');
}

// What a URL can't hold as it is; what is encoded already stays.
function encode(text) {
    return wellFormed(text).replace(/[\x00-\x20"<>`{}\x7f-\uffff]+/g, encodeURIComponent);
}

exports.urlOf = function (path) {
    return 'file://' + encodeURI(wellFormed(path)).replace(/[?#~]/g, function (character) {
        return '%' + character.charCodeAt(0).toString(16).toUpperCase();
    });
};

// What `relative` means seen from the file URL `base`: its path is resolved, its query is its own.
exports.join = function (relative, base) {
    var parts = /^([^?#]*)([^]*)$/.exec(relative.replace(/[\t\n\r]/g, ''));
    var from = /^file:\/\/[^\/]*([^?#]*)/i.exec(base)[1];
    var path = parts[1][0] === '/' ? parts[1] : from.slice(0, from.lastIndexOf('/') + 1) + parts[1];
    var kept = [];
    encode(path.replace(/\\/g, '/')).split('/').forEach(function (part, i, all) {
        var isDots = /^(\.|%2e)$/i.test(part);
        var isUp = /^(\.|%2e){2}$/i.test(part);
        if (isUp) {
            kept.pop();
        } else if (!isDots && (i > 0 || part !== '')) {
            kept.push(part);
        }
        if (i === all.length - 1 && (isUp || isDots)) {
            kept.push('');
        }
    });
    return 'file:///' + kept.join('/') + encode(parts[2]);
};
