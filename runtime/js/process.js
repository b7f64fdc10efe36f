// process: an EventEmitter with what a script may know of the process and its isolate, and how both
// end. In a worker exit() ends the worker.
'use strict';

const EventEmitter = require('events');
const errors = require('errors');
const ticks = require('ticks');
const system = native('process');
const identity = system.identity();

function process() {}
process.prototype = Object.create(EventEmitter.prototype, {
    constructor: { value: process, writable: true, configurable: true }
});
const self = module.exports = Object.create(process.prototype);
const EXIT_NO_HANDLER = 6;
var exitCode;
var isExiting = false;

Object.defineProperty(self, Symbol.toStringTag, { value: 'process', configurable: true });
EventEmitter.call(self);

self.title = 'isorun';
self.version = 'v20.18.0';
self.versions = {
    node: '20.18.0',
    isoscope: identity.isoscope,
    duktape: Math.floor(identity.duktape / 10000) + '.' +
        Math.floor(identity.duktape / 100) % 100 + '.' + identity.duktape % 100
};
self.arch = 'x64';
self.platform = 'linux';
self.release = { name: 'node' };
self.argv = system.argv();
self.argv[0] = identity.execPath;
if (require('loader').script !== undefined) {
    self.argv[1] = require('loader').script;
}
self.execArgv = system.execArgv();
Object.defineProperty(self, 'env', {
    enumerable: true,
    configurable: true,
    get: function () {
        Object.defineProperty(self, 'env',
            { value: require('environment'), writable: true, enumerable: true, configurable: true });
        return self.env;
    },
    set: function (value) {
        Object.defineProperty(self, 'env',
            { value: value, writable: true, enumerable: true, configurable: true });
    }
});
self.pid = identity.pid;
self.ppid = identity.ppid;
self.execPath = identity.execPath;
self.argv0 = identity.argv0;
self.nextTick = ticks.nextTick;
self.cwd = system.cwd;
self.debugPort = 9229;
self.uptime = system.uptime;
// Nothing was configured as Node's build is.
self.config = Object.freeze({ target_defaults: Object.freeze({ cflags: [], default_configuration: 'Release',
    defines: [], include_dirs: [], libraries: [] }), variables: Object.freeze({}) });

self.chdir = function chdir(directory) {
    errors.requireString(directory, 'directory');
    system.chdir(directory);
};

self.umask = function umask(mask) {
    if (mask === undefined) {
        return system.umask();
    }
    if (typeof mask === 'string') {
        if (!/^[0-7]+$/.test(mask)) {
            throw errors.invalidValue('mask', mask, 'must be a 32-bit unsigned integer or an octal string');
        }
        mask = parseInt(mask, 8);
    }
    if (typeof mask !== 'number') {
        throw errors.invalidType('mask', 'of type number', mask);
    }
    if (Math.floor(mask) !== mask || mask < 0 || mask > 4294967295) {
        throw errors.outOfRange('mask', Math.floor(mask) !== mask ? 'an integer' :
            '>= 0 && <= 4294967295', mask);
    }
    return system.umask(mask);
};

// ---- clocks and memory --------------------------------------------------------------------------

self.hrtime = function hrtime(since) {
    var now = system.hrtime();
    if (since === undefined) {
        return now;
    }
    if (!Array.isArray(since)) {
        throw errors.invalidType('time', 'an instance of Array', since);
    }
    if (since.length !== 2) {
        throw errors.outOfRange('time', '2', since.length);
    }
    var seconds = now[0] - since[0];
    var nanoseconds = now[1] - since[1];
    return nanoseconds < 0 ? [seconds - 1, nanoseconds + 1e9] : [seconds, nanoseconds];
};

// There is no BigInt: a number, which Number() and differences make the same of.
self.hrtime.bigint = system.nanoseconds;

function requireMicroseconds(name, value) {
    if (typeof value !== 'number') {
        throw errors.invalidType(name, 'of type number', value);
    }
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) {
        throw errors.coded(RangeError, 'ERR_INVALID_ARG_VALUE',
            'The property \'' + name + '\' is invalid. Received ' + value);
    }
}

self.cpuUsage = function cpuUsage(since) {
    if (since !== undefined && since !== null) {
        if (typeof since !== 'object') {
            throw errors.invalidType('prevValue', 'of type object', since);
        }
        requireMicroseconds('prevValue.user', since.user);
        requireMicroseconds('prevValue.system', since.system);
    }
    var now = system.cpu();
    return since ? { user: now[0] - since.user, system: now[1] - since.system } :
        { user: now[0], system: now[1] };
};

self.memoryUsage = function memoryUsage() {
    return system.memory();
};

self.memoryUsage.rss = function rss() {
    return system.rss();
};

// ---- standard streams ---------------------------------------------------------------------------

function encoded(text, encoding) {
    return typeof text !== 'string' || typeof encoding !== 'string' || /^utf-?8$/i.test(encoding) ? text :
        require('buffer').Buffer.from(text, encoding);
}

// What a worker that knows no streams has: they cost more than all else of it.
function output(descriptor) {
    var stream = new EventEmitter();
    stream.fd = descriptor;
    stream.writable = true;
    stream.write = function write(text, encoding, callback) {
        if (typeof text !== 'string' && !ArrayBuffer.isView(text)) {
            throw errors.invalidType('chunk',
                'of type string or an instance of Buffer or Uint8Array', text);
        }
        var done = typeof encoding === 'function' ? encoding : callback;
        native('stdio').write(descriptor, encoded(text, encoding));
        if (typeof done === 'function') {
            ticks.nextTick(done);
        }
        return true;
    };
    stream.end = function end(text, encoding, callback) {
        if (text !== undefined && text !== null && typeof text !== 'function') {
            stream.write(text, encoding, callback);
        }
        return stream;
    };
    return stream;
}

function standard(name, make) {
    var stream;
    Object.defineProperty(self, name, {
        enumerable: true,
        configurable: true,
        get: function () {
            stream = stream || make();
            return stream;
        }
    });
}

['stdout', 'stderr'].forEach(function (name, index) {
    standard(name, function () {
        return identity.isWorker && !require('loader').isLoaded('stream') ? output(index + 1) :
            require('process_streams').output(index + 1);
    });
});
standard('stdin', function () {
    return identity.isWorker ? require('worker_streams').ownStdin() : require('process_streams').input();
});

// ---- warnings -----------------------------------------------------------------------------------

self.emitWarning = function emitWarning(warning, type, code) {
    var options = type !== null && typeof type === 'object' ? type : { type: type, code: code };
    if (typeof warning === 'string') {
        var text = warning;
        warning = new Error(text);
        warning.name = String(options.type || 'Warning');
        Error.captureStackTrace(warning, options.ctor || emitWarning);
        if (options.code !== undefined) {
            warning.code = options.code;
        }
        if (options.detail !== undefined) {
            warning.detail = options.detail;
        }
    } else if (!(warning instanceof Error)) {
        throw errors.invalidType('warning', 'of type string or an instance of Error', warning);
    }
    ticks.nextTick(function () {
        self.emit('warning', warning);
    });
};

function isFlag(name) {
    return self.execArgv.indexOf(name) >= 0;
}

function shown(warning) {
    var isTraced = isFlag('--trace-warnings') ||
        (warning.name === 'DeprecationWarning' && isFlag('--trace-deprecation'));
    var hasStack = isTraced && typeof warning.stack === 'string';
    return hasStack ? warning.stack : String(warning);
}

if (!isFlag('--no-warnings')) {
    self.on('warning', function (warning) {
        if (warning.name === 'DeprecationWarning' && isFlag('--no-deprecation')) {
            return;
        }
        native('stdio').write(2, '(isorun:' + self.pid + ') ' +
            (warning.code ? '[' + warning.code + '] ' : '') + shown(warning) + '\n' +
            (typeof warning.detail === 'string' ? warning.detail + '\n' : ''));
    });
}

// ---- the end ------------------------------------------------------------------------------------

Object.defineProperty(self, 'exitCode', {
    enumerable: true,
    configurable: true,
    get: function () {
        return exitCode;
    },
    set: function (code) {
        if (code !== undefined && code !== null) {
            var number = typeof code === 'string' && code !== '' ? Number(code) : code;
            if (typeof number !== 'number') {
                throw errors.invalidType('code', 'of type number', code);
            }
            if (Math.floor(number) !== number) {
                throw errors.outOfRange('code', 'an integer', code);
            }
            code = number;
        }
        exitCode = code;
    }
});

// Tells the listeners; the code is what they leave behind.
function tellExit(code) {
    if (!isExiting) {
        isExiting = true;
        if (code !== 0) {
            exitCode = code;
        }
        self.emit('exit', exitCode || 0);
    }
    return exitCode || 0;
}

self.exit = function exit(code) {
    if (code !== undefined && code !== null) {
        self.exitCode = code;
    }
    tellExit(exitCode || 0);
    system.exit(exitCode || 0);
};

self.reallyExit = system.exit;

self.abort = function abort() {
    system.exit(134);
};

Object.defineProperty(self, '_uncaughtOrigin', { value: 'uncaughtException', writable: true });

// True when a listener took the error.
self._fatalException = function (error, isRejection) {
    var origin = isRejection ? 'unhandledRejection' : 'uncaughtException';
    if (self.listenerCount('uncaughtExceptionMonitor') > 0) {
        self.emit('uncaughtExceptionMonitor', error, origin);
    }
    return self.emit('uncaughtException', error, origin);
};

// As Node does when a script has overwritten _fatalException.
function tellUncaught(error) {
    var isRejection = self._uncaughtOrigin === 'unhandledRejection';
    self._uncaughtOrigin = 'uncaughtException';
    if (typeof self._fatalException !== 'function') {
        if (!identity.isWorker) {
            native('stdio').write(2, require('report').describe(error) + '\n');
        }
        system.exit(EXIT_NO_HANDLER);
    }
    return self._fatalException(error, isRejection);
}

function tellBeforeExit() {
    self.emit('beforeExit', exitCode || 0);
}

if (identity.isWorker) {
    require('process_worker')(self, system.umask, identity.hasChannel);
}

system.callbacks(tellUncaught, tellExit, tellBeforeExit);
