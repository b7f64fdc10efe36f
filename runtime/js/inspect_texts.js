// Strings and numbers as util.inspect() (inspect.js) prints them: quoted, escaped, cut, separated.
'use strict';

const number = require('format').number;
const paint = require('inspect_style').paint;
const UNPRINTABLE = /[\x00-\x1f\x27\x5c\x7f-\x9f\ud800-\udfff]/;

function plural(count, noun) {
    return '... ' + count + ' more ' + noun + (count > 1 ? 's' : '');
}

function hex(code, digits) {
    var text = code.toString(16).toUpperCase();
    while (text.length < digits) {
        text = '0' + text;
    }
    return text;
}

const NAMED = { 8: '\\b', 9: '\\t', 10: '\\n', 12: '\\f', 13: '\\r', 92: '\\\\' };

function escapeCode(code, quote) {
    if (NAMED[code]) {
        return NAMED[code];
    }
    if (code === quote) {
        return '\\' + String.fromCharCode(code);
    }
    return code < 32 || (code > 126 && code < 160) ? '\\x' + hex(code, 2) : '';
}

// Escapes what a string literal must escape; `quote` is the code of the quotation mark around it.
function escapeText(text, quote) {
    var result = '';
    var last = 0;
    for (var i = 0; i < text.length; i++) {
        var code = text.charCodeAt(i);
        var escaped = escapeCode(code, quote);
        if (code >= 0xd800 && code <= 0xdfff) {
            var next = text.charCodeAt(i + 1);
            if (code <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) {
                i++;
                continue;
            }
            escaped = '\\u' + code.toString(16);
        }
        if (escaped) {
            result += text.slice(last, i) + escaped;
            last = i + 1;
        }
    }
    return result + text.slice(last);
}

function quote(text) {
    if (!UNPRINTABLE.test(text)) {
        return "'" + text + "'";
    }
    var mark = "'";
    if (text.indexOf("'") >= 0) {
        if (text.indexOf('"') < 0) {
            mark = '"';
        } else if (text.indexOf('`') < 0 && text.indexOf('${') < 0) {
            mark = '`';
        }
    }
    return mark + escapeText(text, mark === "'" ? 39 : -1) + mark;
}

function splitAfterNewlines(text) {
    var lines = text.split('\n');
    var last = lines.pop();
    lines = lines.map(function (line) {
        return line + '\n';
    });
    if (last !== '') {
        lines.push(last);
    }
    return lines;
}

function formatString(view, text) {
    var trailer = '';
    if (text.length > view.maxStringLength) {
        trailer = plural(text.length - view.maxStringLength, 'character');
        text = text.slice(0, view.maxStringLength);
    }
    if (view.compact !== true && text.length > 16 &&
        text.length > view.breakLength - view.indentation - 4) {
        return splitAfterNewlines(text).map(function (line) { return paint(view, quote(line), 'string'); })
            .join(' +\n' + ' '.repeat(view.indentation + 2)) + trailer;
    }
    return paint(view, quote(text), 'string') + trailer;
}

function separated(text) {
    return text.replace(/(\d)(?=(\d{3})+$)/g, '$1_');
}

function formatNumber(view, value) {
    var text = number(value);
    if (view.numericSeparator && isFinite(value) && text.indexOf('e') < 0) {
        var parts = text.split('.');
        text = separated(parts[0]) + (parts.length === 1 ? '' :
            '.' + parts[1].replace(/(\d{3})(?=\d)/g, '$1_'));
    }
    return paint(view, text, 'number');
}

function formatPrimitive(view, value) {
    if (typeof value === 'string') {
        return formatString(view, value);
    }
    return typeof value === 'number' ? formatNumber(view, value) :
        paint(view, String(value), value === null ? 'null' : typeof value);
}

exports.plural = plural;
exports.hex = hex;
exports.quote = quote;
exports.escapeText = escapeText;
exports.formatNumber = formatNumber;
exports.formatPrimitive = formatPrimitive;
