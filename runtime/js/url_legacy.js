// url.parse(), url.format() and url.resolve(): the functions Node had before URL.
'use strict';

const errors = require('errors');
const SLASHED = /^(https?|ftp|gopher|file|wss?):$/;

function Url() {
    this.protocol = null;
    this.slashes = null;
    this.auth = null;
    this.host = null;
    this.port = null;
    this.hostname = null;
    this.hash = null;
    this.search = null;
    this.query = null;
    this.pathname = null;
    this.path = null;
    this.href = null;
}

function takeHost(url, rest) {
    var end = rest.search(/[\/?#\\]/);
    var authority = end < 0 ? rest : rest.slice(0, end);
    var at = authority.lastIndexOf('@');
    if (at >= 0) {
        url.auth = decodeURIComponent(authority.slice(0, at));
        authority = authority.slice(at + 1);
    }
    var port = /:([0-9]*)$/.exec(authority);
    if (port) {
        url.port = port[1] === '' ? null : port[1];
        authority = authority.slice(0, port.index);
    }
    url.hostname = authority[0] === '[' ? authority.slice(1, -1).toLowerCase() :
        require('url_parse').toAscii(authority);
    url.host = (authority[0] === '[' ? authority.toLowerCase() : url.hostname) +
        (url.port === null ? '' : ':' + url.port);
    return end < 0 ? '' : rest.slice(end).replace(/^\\/, '/');
}

function escapeRest(text) {
    return text.replace(/[\t\n\r "'<>\\^`{|}]/g, function (mark) {
        return '%' + (mark.charCodeAt(0) < 16 ? '0' : '') + mark.charCodeAt(0).toString(16).toUpperCase();
    });
}

function takeEnd(url, rest, parseQuery) {
    var hash = rest.indexOf('#');
    if (hash >= 0) {
        url.hash = rest.slice(hash);
        rest = rest.slice(0, hash);
    }
    var mark = rest.indexOf('?');
    if (mark >= 0) {
        url.search = rest.slice(mark);
        url.query = rest.slice(mark + 1);
        rest = rest.slice(0, mark);
    } else if (parseQuery) {
        url.search = null;
        url.query = '';
    }
    if (parseQuery) {
        url.query = require('querystring').parse(url.query);
    }
    url.pathname = rest === '' ? null : rest;
}

function parse(text, parseQuery, slashesDenoteHost) {
    if (text instanceof Url) {
        return text;
    }
    errors.requireString(text, 'url');
    var url = new Url();
    var rest = text.trim();
    var protocol = /^[a-z0-9.+-]+:/i.exec(rest);
    if (protocol) {
        url.protocol = protocol[0].toLowerCase();
        rest = rest.slice(protocol[0].length);
    }
    var isSlashed = url.protocol !== null && SLASHED.test(url.protocol);
    var hasSlashes = /^[\/\\]{2}/.test(rest) && (isSlashed || rest.slice(0, 2) === '//');
    if (hasSlashes && (slashesDenoteHost || protocol || /^\/\/[^@\/]+@[^@\/]+/.test(rest)) &&
        url.protocol !== 'javascript:') {
        url.slashes = true;
        rest = takeHost(url, rest.slice(2));
    } else if (url.protocol !== null && !isSlashed && url.protocol !== 'javascript:') {
        rest = takeHost(url, rest);
        if (url.hostname === '') {
            url.host = url.hostname = null;
        }
    }
    takeEnd(url, escapeRest(rest), parseQuery);
    if (isSlashed && url.hostname && url.pathname === null) {
        url.pathname = '/';
    }
    if (url.pathname !== null || url.search !== null) {
        url.path = (url.pathname || '') + (url.search || '');
    }
    url.href = formatParts(url);
    return url;
}

function formatParts(url) {
    var auth = url.auth ? encodeURIComponent(url.auth).replace(/%3A/i, ':') + '@' : '';
    var protocol = url.protocol || '';
    var pathname = url.pathname || '';
    var hash = url.hash || '';
    var host = '';
    if (url.host) {
        host = auth + url.host;
    } else if (url.hostname) {
        host = auth + (url.hostname.indexOf(':') >= 0 ? '[' + url.hostname + ']' : url.hostname) +
            (url.port ? ':' + url.port : '');
    }
    var query = url.query !== null && typeof url.query === 'object' ?
        require('querystring').stringify(url.query) : '';
    var search = url.search || (query && '?' + query) || '';
    if (protocol && protocol[protocol.length - 1] !== ':') {
        protocol += ':';
    }
    if (url.slashes || ((!protocol || SLASHED.test(protocol)) && host !== '')) {
        host = '//' + host;
        if (pathname && pathname[0] !== '/') {
            pathname = '/' + pathname;
        }
    } else if (SLASHED.test(protocol) && url.slashes === undefined && protocol === 'file:') {
        host = '//';
    }
    if (hash && hash[0] !== '#') {
        hash = '#' + hash;
    }
    if (search && search[0] !== '?') {
        search = '?' + search;
    }
    return protocol + host + pathname.replace(/[?#]/g, encodeURIComponent) +
        search.replace(/#/g, '%23') + hash;
}

function formatURL(url, options) {
    var copy = new (require('url').URL)(url.href);
    options = options || {};
    if (options.fragment === false) {
        copy.hash = '';
    }
    if (options.search === false) {
        copy.search = '';
    }
    if (options.auth === false) {
        copy.username = copy.password = '';
    }
    return copy.href;
}

exports.Url = Url;
exports.parse = parse;
exports.format = function format(url, options) {
    if (typeof url === 'string') {
        url = parse(url);
    } else if (url === null || typeof url !== 'object') {
        throw errors.invalidType('urlObject', 'one of type object or string', url);
    } else if (url instanceof require('url').URL) {
        return formatURL(url, options);
    }
    return formatParts(url);
};

exports.resolve = function resolve(from, to) {
    var URL = require('url').URL;
    var base = new URL(from, 'resolve://');
    var url = new URL(to, base);
    if (url.protocol === 'resolve:') {
        return url.pathname + url.search + url.hash;
    }
    return url.href;
};

exports.resolveObject = function resolveObject(from, to) {
    return parse(exports.resolve(from, to));
};
