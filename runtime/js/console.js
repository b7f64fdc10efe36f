// console: texts made by format.js, written to the process's stdout and stderr as one write a call,
// so that lines of several threads do not mix. Groups indent every line. Console makes further ones
// that write to streams.
'use strict';

const format = require('format');
const nativeWrite = native('stdio').write;
const now = native('process').now;

const STDOUT = 1;
const STDERR = 2;

function printer(method, stream) {
    return function () {
        this._print(stream, format.formatArgs(arguments, this._options));
    };
}

const methods = {};

['log', 'info', 'debug', 'dirxml'].forEach(function (name) {
    methods[name] = printer(name, STDOUT);
});

['error', 'warn'].forEach(function (name) {
    methods[name] = printer(name, STDERR);
});

methods.trace = function () {
    var text = format.formatArgs(arguments, this._options);
    var holder = { name: 'Trace', message: text };
    Error.captureStackTrace(holder, this.trace);
    var frames = String(holder.stack).indexOf('\n    at ');
    this._print(STDERR, 'Trace' + (text ? ': ' + text : '') +
        (frames < 0 ? '' : holder.stack.slice(frames)));
};

methods.assert = function (condition) {
    if (condition) {
        return;
    }
    var args = Array.prototype.slice.call(arguments, 1);
    args[0] = 'Assertion failed' + (args.length > 0 ? ': ' + String(args[0]) : '');
    this._print(STDERR, format.formatArgs(args, this._options));
};

methods.dir = function (value, options) {
    this._print(STDOUT, require('inspect').inspect(value,
        Object.assign({ customInspect: false }, this._options, options)));
};

methods.table = function (data, properties) {
    var text = data !== null && typeof data === 'object' ?
        require('console_table').table(data, properties) : undefined;
    if (text === undefined) {
        this.log(data);
    } else {
        this._print(STDOUT, text);
    }
};

// ---- counts and groups ----------------------------------------------------------------------------

function labelOf(label) {
    return label === undefined ? 'default' : String(label);
}

methods.count = function (label) {
    label = labelOf(label);
    this._counts[label] = (this._counts[label] || 0) + 1;
    this._print(STDOUT, label + ': ' + this._counts[label]);
};

methods.countReset = function (label) {
    label = labelOf(label);
    if (this._counts[label] === undefined) {
        process.emitWarning("Count for '" + label + "' does not exist");
    }
    delete this._counts[label];
};

methods.group = function () {
    if (arguments.length > 0) {
        this._print(STDOUT, format.formatArgs(arguments, this._options));
    }
    this._indent += ' '.repeat(this._step);
};

methods.groupCollapsed = methods.group;

methods.groupEnd = function () {
    this._indent = this._indent.slice(this._step);
};

// ---- times ----------------------------------------------------------------------------------------

function padded(number) {
    return (number < 10 ? '0' : '') + number;
}

// "1.234s", "1:02.345 (m:ss.mmm)"
function duration(ms) {
    if (ms < 1000) {
        return Number(ms.toFixed(3)) + 'ms';
    }
    var hours = Math.floor(ms / 3600000);
    var minutes = Math.floor(ms / 60000) % 60;
    var seconds = ms % 60000 / 1000;
    if (hours === 0 && minutes === 0) {
        return seconds.toFixed(3) + 's';
    }
    var parts = seconds.toFixed(3).split('.');
    return (hours === 0 ? String(minutes) : hours + ':' + padded(minutes)) + ':' +
        padded(Number(parts[0])) + '.' + parts[1] + (hours === 0 ? ' (m:ss.mmm)' : ' (h:mm:ss.mmm)');
}

// "label: time"; null, with a warning, when no such timer runs.
function elapsed(self, label, method) {
    label = labelOf(label);
    if (self._timers[label] === undefined) {
        process.emitWarning("No such label '" + label + "' for console." + method + '()');
        return null;
    }
    return label + ': ' + duration(now() - self._timers[label]);
}

methods.time = function (label) {
    label = labelOf(label);
    if (this._timers[label] !== undefined) {
        process.emitWarning("Label '" + label + "' already exists for console.time()");
        return;
    }
    this._timers[label] = now();
};

methods.timeEnd = function (label) {
    var text = elapsed(this, label, 'timeEnd');
    if (text !== null) {
        this._print(STDOUT, text);
        delete this._timers[labelOf(label)];
    }
};

methods.timeLog = function (label) {
    var text = elapsed(this, label, 'timeLog');
    if (text !== null) {
        this._print(STDOUT, format.formatArgs([text].concat(
            Array.prototype.slice.call(arguments, 1)), this._options));
    }
};

// ---- consoles -------------------------------------------------------------------------------------

function hide(object, name, value) {
    Object.defineProperty(object, name, { value: value, writable: true, configurable: true });
}

// Methods work without their console: `var log = console.log`.
function prepare(self, write, options, step) {
    hide(self, '_print', function (stream, text) {
        if (self._indent !== '') {
            text = self._indent + text.split('\n').join('\n' + self._indent);
        }
        write(stream, text + '\n');
    });
    hide(self, '_options', options);
    hide(self, '_indent', '');
    hide(self, '_step', step);
    hide(self, '_counts', Object.create(null));
    hide(self, '_timers', Object.create(null));
    Object.keys(methods).forEach(function (name) {
        var method = methods[name];
        self[name] = function () { return method.apply(self, arguments); };
        Object.defineProperty(self[name], 'name', { value: name });
    });
}

function requireStream(stream, name) {
    if (!stream || typeof stream.write !== 'function') {
        throw require('errors').coded(TypeError, 'ERR_CONSOLE_WRITABLE_STREAM',
            'Console expects a writable stream instance for ' + name);
    }
}

function Console(stdout, stderr) {
    if (!(this instanceof Console)) {
        return new Console(stdout, stderr);
    }
    var options = stdout && typeof stdout.write !== 'function' ? stdout :
        { stdout: stdout, stderr: stderr };
    var streams = { 1: options.stdout, 2: options.stderr || options.stdout };
    requireStream(streams[1], 'stdout');
    requireStream(streams[2], 'stderr');
    prepare(this, function (stream, text) { streams[stream].write(text); },
        options.inspectOptions ||
        (options.colorMode === true ? { colors: true } : undefined),
        options.groupIndentation === undefined ? 2 : options.groupIndentation);
}

prepare(exports, nativeWrite, undefined, 2);
exports.Console = Console;
['profile', 'profileEnd', 'timeStamp', 'context'].forEach(function (name) {
    exports[name] = function () {};
    Object.defineProperty(exports[name], 'name', { value: name });
});
Object.defineProperty(exports, Symbol.toStringTag, { value: 'console', configurable: true });
