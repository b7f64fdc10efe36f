// console: texts made by format.js, written to the process's stdout and stderr as one write a call,
// so that lines of several threads do not mix. Groups indent every line.
'use strict';

const format = require('format');
const write = native('stdio').write;
const now = native('process').now;

const STDOUT = 1;
const STDERR = 2;
const counts = {};
const timers = {};
var indent = '';

function print(stream, text) {
    if (indent !== '') {
        text = indent + text.split('\n').join('\n' + indent);
    }
    write(stream, text + '\n');
}

function printer(stream) {
    return function () {
        print(stream, format.formatArgs(arguments));
    };
}

function named(name, method) {
    Object.defineProperty(method, 'name', { value: name });
    exports[name] = method;
}

['log', 'info', 'debug'].forEach(function (name) {
    named(name, printer(STDOUT));
});

['error', 'warn'].forEach(function (name) {
    named(name, printer(STDERR));
});

named('trace', function () {
    var text = format.formatArgs(arguments);
    var stack = new Error().stack;
    // The first frame is this function.
    var frames = stack.indexOf('\n    at ', stack.indexOf('\n    at ') + 1);
    print(STDERR, 'Trace' + (text ? ': ' + text : '') + (frames < 0 ? '' : stack.slice(frames)));
});

named('assert', function (condition) {
    if (condition) {
        return;
    }
    var args = Array.prototype.slice.call(arguments, 1);
    args[0] = 'Assertion failed' + (args.length > 0 ? ': ' + String(args[0]) : '');
    print(STDERR, format.formatArgs(args));
});

named('dir', function (value, options) {
    print(STDOUT, require('inspect').inspect(value,
        Object.assign({ customInspect: false }, options)));
});

named('dirxml', printer(STDOUT));

named('count', function (label) {
    label = label === undefined ? 'default' : String(label);
    counts[label] = (counts[label] || 0) + 1;
    print(STDOUT, label + ': ' + counts[label]);
});

named('countReset', function (label) {
    label = label === undefined ? 'default' : String(label);
    if (counts[label] === undefined) {
        process.emitWarning("Count for '" + label + "' does not exist");
    }
    delete counts[label];
});

named('group', function () {
    if (arguments.length > 0) {
        print(STDOUT, format.formatArgs(arguments));
    }
    indent += '  ';
});

exports.groupCollapsed = exports.group;

named('groupEnd', function () {
    indent = indent.slice(2);
});

function elapsed(label) {
    label = label === undefined ? 'default' : String(label);
    if (timers[label] === undefined) {
        process.emitWarning("No such label '" + label + "' for console.time()");
        return null;
    }
    var ms = now() - timers[label];
    if (ms >= 1000) {
        return { label: label, text: label + ': ' + (ms / 1000).toFixed(3) + 's' };
    }
    return { label: label, text: label + ': ' + Number(ms.toFixed(3)) + 'ms' };
}

named('time', function (label) {
    label = label === undefined ? 'default' : String(label);
    if (timers[label] !== undefined) {
        process.emitWarning("Label '" + label + "' already exists for console.time()");
        return;
    }
    timers[label] = now();
});

named('timeEnd', function (label) {
    var result = elapsed(label);
    if (result) {
        print(STDOUT, result.text);
        delete timers[result.label];
    }
});

named('timeLog', function (label) {
    var result = elapsed(label);
    if (result) {
        print(STDOUT, format.formatArgs([result.text].concat(
            Array.prototype.slice.call(arguments, 1))));
    }
});
