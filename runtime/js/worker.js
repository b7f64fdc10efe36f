// class Worker of worker_threads: options, life and events, on the natives of workers.c.
'use strict';

const EventEmitter = require('events');
const errors = require('errors');
const threads = require('worker_threads');
const system = native('workers');
const hide = require('port_events').hide;
// In the order workers.c knows them. Old and young generation are one heap here, whose limit is
// their sum; the code range has no size of its own.
const LIMITS = ['maxYoungGenerationSizeMb', 'maxOldGenerationSizeMb', 'codeRangeSizeMb',
    'stackSizeMb', 'maxExternalMb'];
const LIMIT_DEFAULTS = [0, 4096, 0, 4, 0];
const EXTERNAL = 4;
const STACK = 3;
const STACK_MIN_MB = 0.25;
const STACK_MAX_MB = 1024;
const FILE = 0;
const CODE = 1;

// ---- options ------------------------------------------------------------------------------------

function invalidValue(name, reason, value) {
    return errors.coded(TypeError, 'ERR_INVALID_ARG_VALUE', 'The property \'' + name + '\' ' + reason +
        '. Received ' + require('inspect').inspect(value));
}

function sizesOf(limits) {
    return LIMITS.map(function (name, i) {
        var value = limits !== null && typeof limits === 'object' ? limits[name] : undefined;
        value = typeof value === 'number' && value >= (i === 1 ? 0 : 1e-9) ? value : LIMIT_DEFAULTS[i];
        return i === STACK ? Math.min(Math.max(value, STACK_MIN_MB), STACK_MAX_MB) : value;
    });
}

function limitsOf(sizes) {
    var limits = {};
    LIMITS.forEach(function (name, i) {
        if (i !== EXTERNAL || sizes[i] > 0) {
            limits[name] = sizes[i];
        }
    });
    return limits;
}

function isUrl(value) {
    return value !== null && typeof value === 'object' && typeof value.href === 'string' &&
        typeof value.protocol === 'string';
}

function pathOf(url) {
    if (url.pathname.indexOf('%2F') >= 0 || url.pathname.indexOf('%2f') >= 0) {
        throw errors.coded(TypeError, 'ERR_INVALID_FILE_URL_PATH',
            'File URL path must not include encoded / characters');
    }
    return decodeURIComponent(url.pathname);
}

function badPath(text) {
    var hint = /^file:\/\//.test(text) ? ' Wrap file:// URLs with `new URL`.' :
        /^data:text\/javascript/.test(text) ? ' Wrap data: URLs with `new URL`.' : '';
    return errors.coded(TypeError, 'ERR_WORKER_PATH', 'The worker script or module filename must be an ' +
        'absolute path or a relative path starting with \'./\' or \'../\'.' + hint + ' Received "' +
        text + '"');
}

// { kind, source, name for process.argv }
function entryOf(filename, options) {
    if (options.eval) {
        if (typeof filename !== 'string') {
            throw invalidValue('options.eval', 'must be false when \'filename\' is not a string',
                options.eval);
        }
        return { kind: CODE, source: filename, shown: '[worker eval]' };
    }
    if (isUrl(filename)) {
        if (filename.protocol === 'data:') {
            return { kind: FILE, source: filename.href, shown: filename.href };
        }
        if (filename.protocol !== 'file:') {
            throw errors.coded(TypeError, 'ERR_INVALID_URL_SCHEME',
                'The URL must be of scheme file');
        }
        filename = pathOf(filename);
        return { kind: FILE, source: filename, shown: filename };
    }
    if (typeof filename !== 'string') {
        throw errors.invalidType('filename', 'of type string or an instance of URL', filename);
    }
    if (!/^(\/|\.\.?\/)/.test(filename)) {
        throw badPath(filename);
    }
    filename = require('path').resolve(filename);
    return { kind: FILE, source: filename, shown: filename };
}

function requireArray(options, name) {
    if (options[name] && !Array.isArray(options[name])) {
        throw errors.invalidType('options.' + name, 'an instance of Array', options[name]);
    }
}

// undefined: this isolate's environment itself.
function environmentOf(env) {
    if (env === threads.SHARE_ENV) {
        return undefined;
    }
    if (env !== undefined && env !== null && typeof env !== 'object') {
        throw errors.invalidType('options.env',
            'of type object or one of undefined, null, or worker_threads.SHARE_ENV', env);
    }
    var from = env === undefined || env === null ? process.env : env;
    return Object.keys(from).map(function (name) { return name + '=' + from[name]; });
}

function nameOf(options) {
    if (!options.name) {
        return 'worker';
    }
    if (typeof options.name !== 'string') {
        throw errors.invalidType('options.name', 'of type string', options.name);
    }
    return options.name.trim();
}

// Everything the natives are to know.
function settingsOf(filename, options) {
    requireArray(options, 'argv');
    requireArray(options, 'execArgv');
    var entry = entryOf(filename, options);
    var env = environmentOf(options.env);
    var name = nameOf(options);
    if (options.execArgv || (options.env && env !== undefined && options.env.NODE_OPTIONS)) {
        require('worker_flags').check(options.execArgv,
            options.env && env !== undefined ? options.env.NODE_OPTIONS : undefined);
    }
    var list = options.transferList;
    var settings = {
        source: entry.source,
        kind: entry.kind,
        name: name,
        argv: [process.execPath, entry.shown].concat((options.argv || []).map(String)),
        execArgv: (options.execArgv || process.execArgv).map(String),
        env: env,
        limits: sizesOf(options.resourceLimits),
        data: options.workerData,
        transfer: list === undefined || list === null ? undefined : require('transfer_list').arrayOf(list),
        stdin: !!options.stdin,
        keepsFiles: options.trackUnmanagedFds !== undefined && !options.trackUnmanagedFds,
        stdout: !!options.stdout,
        stderr: !!options.stderr
    };
    var more = require('environment_data').entries();
    if (more.length > 0) {
        settings.data = [settings.data, more];
        settings.hasMore = true;
    }
    return settings;
}

// A Promise where there is one, else what can be waited for all the same.
function promise(start) {
    return typeof Promise === 'function' ? new Promise(start) : { then: start };
}

// ---- a worker -----------------------------------------------------------------------------------

function Worker(filename, options) {
    if (!(this instanceof Worker)) {
        throw new TypeError('Class constructor Worker cannot be invoked without \'new\'');
    }
    require('ticks').keepContext(this);
    EventEmitter.call(this);
    options = options || {};
    var settings = settingsOf(filename, options);
    hide(this, '_streams', {});
    hide(this, '_limits', limitsOf(settings.limits));
    hide(this, '_isOnline', false);
    hide(this, '_loopStart', -1);
    hide(this, '_hasInput', settings.stdin);
    hide(this, '_keeps', [false, settings.stdout, settings.stderr]);

    var thread = system.spawn(this, settings);
    if (typeof thread === 'string') { // the name of what the system had no more of
        throw errors.coded(Error, 'ERR_WORKER_INIT_FAILED', 'Worker initialization failure: ' + thread);
    }
    hide(this, '_thread', thread);
    var worker = this;
    this.performance = {
        eventLoopUtilization: function eventLoopUtilization(before, after) {
            return require('loop_utilization').ofWorker(worker, system.figures, before, after);
        }
    };
}
Worker.prototype = Object.create(EventEmitter.prototype);
hide(Worker.prototype, 'constructor', Worker);
hide(Worker.prototype, 'postMessage', threads.MessagePort.prototype.postMessage);

// For what delivers messages: a subclass may have an emit of its own.
hide(Worker.prototype, 'isWorker', true);
hide(Worker.prototype, 'plainEmit', EventEmitter.prototype.emit);

hide(Worker.prototype, 'ref', function ref() {
    if (this._thread > 0) {
        system.holdWorker(this._thread, true);
    }
});

hide(Worker.prototype, 'unref', function unref() {
    if (this._thread > 0) {
        system.holdWorker(this._thread, false);
    }
});

hide(Worker.prototype, 'terminate', function terminate(callback) {
    var worker = this;
    if (typeof callback === 'function') {
        process.emitWarning('Passing a callback to worker.terminate() is deprecated. ' +
            'It returns a Promise instead.', 'DeprecationWarning', 'DEP0132');
        worker.once('exit', function (code) { callback(null, code); });
    }
    if (worker._thread < 0) {
        return promise(function (resolve) { process.nextTick(resolve); });
    }
    worker.ref();
    system.terminate(worker._thread);
    return promise(function (resolve) {
        worker.once('exit', resolve);
    });
});

var snapshots = 0;

function notRunning() {
    return errors.coded(Error, 'ERR_WORKER_NOT_RUNNING', 'Worker instance not running');
}

// Read from the worker's slot: it is not asked, and need not be able to answer.
hide(Worker.prototype, 'getHeapStatistics', function getHeapStatistics() {
    var figures = this._thread > 0 ? system.figures(this._thread) : undefined;
    if (figures === undefined) {
        return Promise.reject(notRunning());
    }
    return Promise.resolve({
        total_heap_size: figures.heapTotal,
        total_heap_size_executable: 0,
        total_physical_size: figures.heapTotal,
        total_available_size: Math.max(0, figures.heapLimit - figures.heapUsed),
        used_heap_size: figures.heapUsed,
        heap_size_limit: figures.heapLimit,
        malloced_memory: figures.malloced,
        peak_malloced_memory: figures.malloced,
        does_zap_garbage: 0,
        number_of_native_contexts: 1,
        number_of_detached_contexts: 0,
        total_global_handles_size: 0,
        used_global_handles_size: 0,
        external_memory: figures.external
    });
});

// The worker writes it between two instructions, whatever it does.
hide(Worker.prototype, 'getHeapSnapshot', function getHeapSnapshot(options) {
    require('v8').requireOptions(options);
    var worker = this;
    return new Promise(function (resolve, reject) {
        var number = ++snapshots;
        if (!(worker._thread > 0) || !system.snapshot(worker._thread, number)) {
            reject(notRunning());
            return;
        }
        if (worker._snapshots === undefined) {
            hide(worker, '_snapshots', {});
        }
        worker._snapshots[number] = { resolve: resolve, reject: reject };
    });
});

// about: [number, descriptor or -1]; `why` is empty when the worker has ended.
exports.heap = function (worker, about, why) {
    var found = worker._snapshots[about[0]];
    delete worker._snapshots[about[0]];
    if (about[1] >= 0) {
        found.resolve(new (require('v8_stream').HeapSnapshotStream)(about[1]));
    } else {
        found.reject(why === '' ? notRunning() : new Error(why));
    }
};

function getter(name, read) {
    Object.defineProperty(Worker.prototype, name, { configurable: true, get: read });
}

getter('threadId', function () { return this._thread; });
getter('resourceLimits', function () { return this._thread < 0 ? {} : Object.assign({}, this._limits); });
getter('stdin', function () {
    return this._hasInput ? require('worker_streams').stdin(this) : null;
});
getter('stdout', function () { return require('worker_streams').readable(this, 1); });
getter('stderr', function () { return require('worker_streams').readable(this, 2); });

// ---- its end ------------------------------------------------------------------------------------

function errorOf(value) {
    if (value === 'ERR_WORKER_OUT_OF_MEMORY') {
        return errors.coded(Error, value,
            'Worker terminated due to reaching memory limit: JS heap out of memory');
    }
    return require('worker_errors').unpack(value);
}

exports.online = function (worker) {
    var figures = system.figures(worker._thread);
    hide(worker, '_idleBefore', figures === undefined ? 0 : figures.idle);
    hide(worker, '_isOnline', true);
    hide(worker, '_loopStart', native('process').now());
    worker.emit('online');
    for (var number = 1; number <= 2 && worker._thread > 0; number++) {
        if (!exports.takesOutput(worker, number)) {
            system.ignoreOutput(worker._thread, number);
        }
    }
};

// Whether anybody sees in this isolate what the worker writes. Until the worker is online its output
// comes here in any case: it may be faster than the script that wants to listen.
exports.takesOutput = function (worker, number) {
    return worker._keeps[number] || worker._streams[number] !== undefined;
};

// What the loop tells a Worker: `error` is the uncaught error, if any. Its thread may still be giving the
// memory of a full heap back while 'error' is heard; at 'exit' it is gone.
exports.ended = function (worker, error, code) {
    var thread = worker._thread;
    hide(worker, '_thread', -1);
    Object.keys(worker._snapshots || {}).forEach(function (number) {
        exports.heap(worker, [number, -1], '');
    });
    function finish() {
        system.bury(thread);
        if (worker._streams[1] || worker._streams[2]) {
            require('worker_streams').end(worker);
        }
        worker.emit('exit', code);
    }
    if (error === undefined) {
        return finish();
    }
    try {
        worker.emit('error', errorOf(error));
    } finally {
        process.nextTick(finish); // not reached when the error ends this isolate as well
    }
};

exports.Worker = Worker;
exports.ownLimits = threads.isMainThread ? {} : limitsOf(system.self().limits);
