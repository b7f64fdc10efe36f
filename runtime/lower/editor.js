// The output: the source, copied from `pos` on, with changes. Handlers copy up to where something
// changes, skip what is replaced and put what replaces it. Line breaks that were skipped are put
// before the next copied text, so that every token stays on its line. `capture` collects the output
// of some work as a text instead, for what has to move; line breaks in it become blanks.

var source;
var lineStarts; // offset of each line's first character
var out; // pieces
var pos; // in the source: everything before is copied or skipped
var line; // of the output, from 0
var isFlat; // inside capture
var lastLine; // that lineOf was asked for

export function open(text) {
    source = text;
    lineStarts = [0];
    for (var i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
        lineStarts.push(i + 1);
    }
    out = [];
    pos = 0;
    line = 0;
    isFlat = false;
    lastLine = 0;
}

// The line of an offset. Offsets come mostly in order, so the last answer is a good start.
function lineOf(offset) {
    var at = lastLine;
    while (at > 0 && lineStarts[at] > offset) {
        at--;
    }
    while (at + 1 < lineStarts.length && lineStarts[at + 1] <= offset) {
        at++;
    }
    lastLine = at;
    return at;
}

var FLAT = /("(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*')|\/\/[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\/|[\n\r]+/g;

function flatten(text) {
    return text.replace(FLAT, function (match, string) {
        return string ? string : ' ';
    });
}

// Puts the line breaks that are due at `offset`.
export function sync(offset) {
    if (isFlat) {
        return;
    }
    var due = lineOf(offset) - line;
    while (due-- > 0) {
        out.push('\n');
        line++;
    }
}

export function put(text) {
    out.push(text);
}

// Source text up to `offset`, as it stands.
export function copyTo(offset) {
    if (offset <= pos) {
        return;
    }
    var text = source.slice(pos, offset);
    if (isFlat) {
        out.push(text.indexOf('\n') < 0 && text.indexOf('//') < 0 ? text : flatten(text));
    } else {
        sync(pos);
        out.push(text);
        line += lineOf(offset) - lineOf(pos);
    }
    pos = offset;
}

export function skipTo(offset) {
    if (offset > pos) {
        pos = offset;
    }
}

// What `work` puts, with the source read from `start` on; nothing of it reaches the output.
export function capture(start, work) {
    var outer = { out: out, pos: pos, isFlat: isFlat };
    out = [];
    pos = start;
    isFlat = true;
    work();
    var text = out.join('');
    out = outer.out;
    pos = outer.pos;
    isFlat = outer.isFlat;
    return text;
}

export function text(start, end) {
    return source.slice(start, end);
}

// All of the output, with what is left of the source.
export function result() {
    copyTo(source.length);
    return out.join('');
}

// The offset of `token` from `from` on, comments left out.
export function find(token, from) {
    for (var i = from; i < source.length; i++) {
        if (source[i] === '/' && source[i + 1] === '*') {
            i = source.indexOf('*/', i) + 1;
        } else if (source[i] === '/' && source[i + 1] === '/') {
            i = source.indexOf('\n', i);
            if (i < 0) {
                break;
            }
        } else if (source.substr(i, token.length) === token) {
            return i;
        }
    }
    throw new Error('lower: no ' + token + ' behind ' + from);
}
