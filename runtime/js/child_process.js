// child_process: programs are run and waited for (spawnSync and what stands on it). Those that run
// beside the script are not there: their names exist, so that programs that can do without load.
'use strict';

const errors = require('errors');
const system = native('spawn');
const OUTPUT_MAX = 1024 * 1024;
const STREAMS = { pipe: -1, overlapped: -1, ignore: -2 };

['exec', 'execFile', 'fork', 'spawn'].forEach(function (name) {
    exports[name] = function () {
        throw errors.coded(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', 'child_process.' + name +
            '() is not available: isorun runs programs with spawnSync() alone, or use worker_threads');
    };
});
exports.ChildProcess = undefined;

// ---- arguments ----------------------------------------------------------------------------------

function invalidValue(name, what, value) {
    return errors.coded(TypeError, 'ERR_INVALID_ARG_VALUE', 'The argument \'' + name + '\' ' + what +
        '. Received ' + require('inspect').inspect(value));
}

function requireText(name, value) {
    if (typeof value !== 'string') {
        throw errors.invalidType(name, 'of type string', value);
    }
    if (value.indexOf('\0') >= 0) {
        throw invalidValue(name, 'must be a string without null bytes', value);
    }
    return value;
}

function streamOf(stream, index, all) {
    if (stream === undefined || stream === null) {
        return STREAMS.pipe;
    }
    if (stream === 'inherit') {
        return index;
    }
    if (typeof stream === 'number' && stream >= 0) {
        return stream;
    }
    if (typeof stream === 'object' && typeof stream.fd === 'number') {
        return stream.fd;
    }
    if (STREAMS[stream] === undefined) {
        throw invalidValue('stdio', 'is invalid', all);
    }
    return STREAMS[stream];
}

function streamsOf(stdio) {
    if (stdio === undefined || typeof stdio === 'string') {
        if (stdio !== undefined && stdio !== 'inherit' && STREAMS[stdio] === undefined) {
            throw invalidValue('stdio', 'is invalid', stdio);
        }
        stdio = [stdio, stdio, stdio];
    }
    if (!Array.isArray(stdio)) {
        throw invalidValue('stdio', 'is invalid', stdio);
    }
    return [0, 1, 2].map(function (index) { return streamOf(stdio[index], index, stdio); });
}

function numberOf(name, value, otherwise) {
    if (value === undefined || value === null) {
        return otherwise;
    }
    if (typeof value !== 'number') {
        throw errors.invalidType(name, 'of type number', value);
    }
    if (!(value >= 0)) {
        throw errors.outOfRange(name, name === 'timeout' ? 'an unsigned integer' : 'a positive number', value);
    }
    return value;
}

function signalOf(signal) {
    var signals = require('os').constants.signals;
    if (signal === undefined || signal === null) {
        return signals.SIGTERM;
    }
    var number = typeof signal === 'number' ? signal : signals[String(signal).toUpperCase()];
    if (number === undefined) {
        throw errors.coded(TypeError, 'ERR_UNKNOWN_SIGNAL', 'Unknown signal: ' + signal);
    }
    return number;
}

function nameOfSignal(number) {
    var signals = require('os').constants.signals;
    return Object.keys(signals).find(function (name) { return signals[name] === number; }) || null;
}

function directoryOf(cwd) {
    if (cwd === undefined || cwd === null) {
        return null;
    }
    if (typeof cwd === 'object' && typeof cwd.href === 'string') {
        return require('url').fileURLToPath(cwd);
    }
    if (typeof cwd !== 'string') {
        throw errors.invalidType('options.cwd', 'of type string or an instance of Buffer or URL', cwd, true);
    }
    return requireText('options.cwd', cwd);
}

function environmentOf(env) {
    env = env || process.env;
    return Object.keys(env).filter(function (name) { return env[name] !== undefined; })
        .map(function (name) { return requireText('env', name + '=' + env[name]); });
}

function inputOf(input) {
    if (input === undefined || input === null) {
        return null;
    }
    return typeof input === 'string' ? Buffer.from(input) : input;
}

// { file, args, options } of (file[, args][, options]).
function callOf(file, args, options) {
    if (typeof file !== 'string') {
        throw errors.invalidType('file', 'of type string', file);
    }
    requireText('file', file);
    if (file === '') {
        throw invalidValue('file', 'cannot be empty', file);
    }
    if (args !== undefined && args !== null && !Array.isArray(args)) {
        if (typeof args !== 'object') {
            throw errors.invalidType('args', 'of type object', args);
        }
        options = args;
        args = [];
    }
    if (options !== undefined && (options === null || typeof options !== 'object')) {
        throw errors.invalidType('options', 'of type object', options);
    }
    return { file: file, args: (args || []).map(function (text, index) {
        return requireText('args[' + index + ']', String(text));
    }), options: options || {} };
}

// What a shell is to run; `argv` with the name the program is called by in front.
function commandOf(call) {
    var options = call.options;
    if (!options.shell) {
        return { file: call.file, argv: [options.argv0 || call.file].concat(call.args) };
    }
    var shell = typeof options.shell === 'string' ? options.shell : '/bin/sh';
    return { file: shell, argv: [shell, '-c', [call.file].concat(call.args).join(' ')] };
}

// ---- running ------------------------------------------------------------------------------------

function failureOf(call, number) {
    var name = require('util').getSystemErrorName(-number);
    var error = new Error('spawnSync ' + call.file + ' ' + name);
    error.errno = -number;
    error.code = name;
    error.syscall = 'spawnSync ' + call.file;
    error.path = call.file;
    error.spawnargs = call.args;
    return error;
}

function run(call) {
    var options = call.options;
    var command = commandOf(call);
    var streams = streamsOf(options.stdio);
    var ended = system.run(command.file, command.argv, environmentOf(options.env),
        directoryOf(options.cwd), streams, inputOf(options.input),
        numberOf('timeout', options.timeout, 0), numberOf('options.maxBuffer', options.maxBuffer, OUTPUT_MAX),
        signalOf(options.killSignal));
    var isRun = ended[5] !== 0;
    var output = [null].concat([ended[3], ended[4]].map(function (bytes) {
        if (bytes === null || !isRun) {
            return null;
        }
        var buffer = Buffer.from(bytes.buffer);
        return options.encoding && options.encoding !== 'buffer' ? buffer.toString(options.encoding) : buffer;
    }));
    var result = ended[2] === 0 ? {} : { error: failureOf(call, ended[2]) };
    result.status = isRun ? ended[1] : null;
    result.signal = ended[0] === 0 ? null : nameOfSignal(ended[0]);
    result.output = isRun ? output : null;
    result.pid = ended[5];
    result.stdout = output[1];
    result.stderr = output[2];
    return result;
}

exports.spawnSync = function spawnSync(file, args, options) {
    return run(callOf(file, args, options));
};

// The standard output of a program that ended well; else an Error that has all of the result.
function outputOf(call, shown) {
    var options = call.options;
    var result = run(call);
    if (options.stdio === undefined && result.stderr) {
        process.stderr.write(result.stderr);
    }
    if (result.error !== undefined) {
        throw Object.assign(result.error, result);
    }
    if (result.status !== 0) {
        var text = 'Command failed: ' + shown;
        throw Object.assign(new Error(result.stderr && result.stderr.length > 0 ?
            text + '\n' + result.stderr : text), result);
    }
    return result.stdout;
}

exports.execFileSync = function execFileSync(file, args, options) {
    var call = callOf(file, args, options);
    return outputOf(call, [file].concat(call.args).join(' '));
};

exports.execSync = function execSync(command, options) {
    var call = callOf(command, [], options);
    call.options = Object.assign({ shell: true }, call.options);
    return outputOf(call, command);
};
