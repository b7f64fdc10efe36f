// How the lowerer says no: a SyntaxError with line (from 1), column (from 0) and, when it is about a
// feature of the language that cannot be lowered, that feature's name.

var current = '';

// The source that refuseAt means.
export function judge(source) {
    current = source;
}

// The line (from 1) and column (from 0) of an offset.
export function placeOf(source, offset) {
    var line = 1;
    var start = 0;
    for (var i = source.indexOf('\n'); i >= 0 && i < offset; i = source.indexOf('\n', start)) {
        line++;
        start = i + 1;
    }
    return { line: line, column: offset - start };
}

export function refuse(source, offset, message, feature) {
    var place = placeOf(source, offset);
    var error = new SyntaxError(message + (feature === undefined ? '' : ' (line ' + place.line + ')'));
    error.line = place.line;
    error.column = place.column;
    error.feature = feature;
    throw error;
}

export function refuseAt(offset, message, feature) {
    refuse(current, offset, message, feature);
}
