// How the lowerer says no: a SyntaxError with line (from 1), column (from 0) and, when it is about a
// feature of the language that cannot be lowered, that feature's name.

var current = '';

// The source that refuseAt means.
export function judge(source) {
    current = source;
}

export function refuse(source, offset, message, feature) {
    var line = 1;
    var start = 0;
    for (var i = source.indexOf('\n'); i >= 0 && i < offset; i = source.indexOf('\n', start)) {
        line++;
        start = i + 1;
    }
    var error = new SyntaxError(message + (feature === undefined ? '' : ' (line ' + line + ')'));
    error.line = line;
    error.column = offset - start;
    error.feature = feature;
    throw error;
}

export function refuseAt(offset, message, feature) {
    refuse(current, offset, message, feature);
}
