// Errors with a place: what the loader could not find, read or compile, and how an uncaught error
// is printed. An error's `arrow` is "file:line", the source line and a caret below it.
'use strict';

const errors = require('errors');
const files = native('module');
const HEAD = 'function(exports,require,module,__filename,__dirname){'.length;
const ARROW = Symbol('arrow');
const LINE_MAX = 400; // characters of a source line that are shown
const NODE = /^(node:)?(assert\/strict|async_hooks|buffer|child_process|cluster|constants|crypto|dgram|diagnostics_channel|dns|domain|fs|fs\/promises|http|http2|https|inspector|net|os|path\/posix|perf_hooks|punycode|querystring|readline|repl|stream|string_decoder|sys|test|timers\/promises|tls|trace_events|tty|url|vm|wasi|zlib)$/;

// ---- places -------------------------------------------------------------------------------------

// A file that is one endless line, or no text at all, shall not flood or steer a terminal.
function arrow(path, line, text, column) {
    if (text.length > LINE_MAX) {
        var from = Math.max(0, column - LINE_MAX / 2);
        text = text.slice(from, from + LINE_MAX);
        column -= from;
    }
    text = text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
    var pad = text.slice(0, column).replace(/[^\t]/g, ' ');
    return path + ':' + line + '\n' + text + '\n' + pad + '^';
}

function setArrow(error, text) {
    Object.defineProperty(error, ARROW, { value: text });
}

function setStack(error, text) {
    Object.defineProperty(error, 'stack', { value: text, writable: true, configurable: true });
}

// How many of `bytes` bytes of text are characters: positions come in bytes.
function charactersIn(text, bytes) {
    var index = 0;
    while (bytes > 0 && index < text.length) {
        var code = text.charCodeAt(index++);
        bytes -= code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
    }
    return index;
}

function place(text, offset) {
    var before = text.slice(0, charactersIn(text, offset)).split('\n');
    return { line: before.length, column: before[before.length - 1].length };
}

// ---- the loader's errors ------------------------------------------------------------------------

// Where the engine says an error is: { line, column, message }.
function engineSays(error, lines, text) {
    var position = / \(line (\d+)(?:, offset (\d+))?(, end of input)?\)$/.exec(error.message);
    var line = Math.min(position ? Number(position[1]) : error.lineNumber, lines.length);
    var column = /^\s*/.exec(lines[line - 1])[0].length;
    if (position && position[2] !== undefined) {
        var found = place(text, Number(position[2]) - HEAD);
        column = found.line === line ? found.column : column;
    }
    return { line: line, column: column, message: position === null ? error.message :
        error.message.slice(0, position.index) + (position[3] ? ' (at the end of the file)' : '') };
}

// Where the lowerer says it is.
function lowererSays(error, lines) {
    var where = { line: Math.min(error.line, lines.length), column: error.column || 0,
        message: error.message };
    delete error.line;
    delete error.column;
    delete error.feature;
    return where;
}

exports.badSyntax = function (error, path, text) {
    if (!(error instanceof SyntaxError)) {
        return error;
    }
    var lines = text.split('\n');
    var where = error.line > 0 ? lowererSays(error, lines) : engineSays(error, lines, text);
    error.message = where.message;
    setArrow(error, arrow(path, where.line, lines[where.line - 1].replace(/\r$/, ''), where.column));
    setStack(error, 'SyntaxError: ' + error.message + '\n    at ' + path + ':' + where.line);
    return error;
};

// A name that `record` imports, and another module does not export. `name` says where it stands.
exports.missingExport = function (record, request, name, kind, isAmbiguous) {
    var message = kind !== 'commonjs' ?
        "The requested module '" + request.specifier + "' " + (isAmbiguous ?
            "contains conflicting star exports for name '" + name.name + "'" :
            "does not provide an export named '" + name.name + "'") :
        "Named export '" + name.name + "' not found. The requested module '" + request.specifier +
        "' is a CommonJS module, which may not support all module.exports as named exports.\n" +
        'CommonJS modules can always be imported via the default export, for example using:\n\n' +
        "import pkg from '" + request.specifier + "';\n";
    var error = new SyntaxError(message);
    var lines = record.text.split('\n');
    var line = Math.min(name.line || 1, lines.length);
    setArrow(error, arrow(record.url, line, lines[line - 1].replace(/\r$/, ''), name.column || 0));
    setStack(error, 'SyntaxError: ' + message + '\n    at ' + record.url + ':' + line);
    return error;
};

exports.badJson = function (error, path, text) {
    var where = place(text, files.position(error) || 0);
    error.message = path + ':' + where.line + ':' + (where.column + 1) + ': ' + error.message;
    setArrow(error, arrow(path, where.line, text.split('\n')[where.line - 1], where.column));
    setStack(error, 'SyntaxError: ' + error.message);
    return error;
};

// A package.json that is no JSON.
exports.badPackage = function (error, path) {
    if (!(error instanceof SyntaxError)) {
        return error;
    }
    error.message = 'Error parsing ' + path + ': ' + error.message;
    error.path = path;
    setStack(error, 'SyntaxError: ' + error.message);
    return error;
};

// `main` names a file that isn't there, and no index.js stands in for it.
exports.badMain = function (main, directory, request) {
    var error = new Error("Cannot find module '" + main + "'. Please verify that the package.json " +
        'has a valid "main" entry');
    error.code = 'MODULE_NOT_FOUND';
    error.path = directory + '/package.json';
    error.requestPath = request;
    return error;
};

exports.addon = function (path) {
    return errors.coded(Error, 'ERR_DLOPEN_FAILED',
        path + ': native addons are not part of isorun');
};

exports.badRequest = function (request) {
    if (typeof request === 'string') {
        return errors.coded(TypeError, 'ERR_INVALID_ARG_VALUE',
            "The argument 'id' must be a non-empty string. Received ''");
    }
    return errors.invalidType('id', 'of type string', request);
};

exports.notFound = function (request, parent) {
    var stack = [];
    for (var module = parent; module; module = module.parent) {
        if (module.filename) {
            stack.push(module.filename);
        }
    }
    var message = "Cannot find module '" + request + "'";
    if (NODE.test(request)) {
        message += ": Node's built-in " + request.replace('node:', '') +
            ' is not part of isorun yet';
    } else if (request.slice(0, 5) === 'node:') {
        return errors.coded(Error, 'ERR_UNKNOWN_BUILTIN_MODULE',
            'No such built-in module: ' + request);
    }
    if (stack.length > 0) {
        message += '\nRequire stack:\n- ' + stack.join('\n- ');
    }
    var error = new Error(message);
    error.code = 'MODULE_NOT_FOUND';
    error.requireStack = stack;
    return error;
};

// ---- uncaught errors ----------------------------------------------------------------------------

// The source line of the innermost script frame.
function arrowOf(error) {
    var frame = /\n {4}at (?:.* \()?((?:file:\/)?\/.*):(\d+)\)?/.exec(String(error.stack));
    if (!frame) {
        return '';
    }
    try {
        var path = frame[1][0] === '/' ? frame[1] : require('fileurl').pathOf(frame[1]);
        var text = files.read(path).split('\n')[Number(frame[2]) - 1].replace(/\r$/, '');
        return arrow(frame[1], frame[2], text, /^\s*/.exec(text)[0].length);
    } catch (failure) {
        return '';
    }
}

exports.describe = function (error) {
    if (!(error instanceof Error)) {
        return 'Uncaught ' + require('inspect').inspect(error);
    }
    var head = error[ARROW] || arrowOf(error);
    return (head ? head + '\n\n' : '') + require('inspect').inspect(error);
};
