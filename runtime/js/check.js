// isorun --check: is a file's syntax right? Nothing of it runs.
'use strict';

const loader = require('loader');
const report = require('report');
const files = native('module');

function asModule(text, path) {
    var url = require('fileurl').urlOf(path);
    try {
        files.module(text, url);
    } catch (error) {
        throw report.badSyntax(error, url, text);
    }
}

exports.source = function (path, source, format) {
    var text = loader.prepare(source);
    if (format === 'module') {
        return asModule(text, path);
    }
    try {
        files.compile(text, path);
    } catch (error) {
        if (format !== undefined || !require('esm').claims(error, text)) {
            throw report.badSyntax(error, path, text);
        }
        asModule(text, path);
    }
};
