// worker_threads: Worker, ports and channels with Node's names and behaviour, on the natives of
// threads.c. Objects that receive messages are ports to the natives; a Worker is one as well.
'use strict';

const EventEmitter = require('events');
const errors = require('errors');
const emit = EventEmitter.prototype.emit;
const system = native('threads');
const self = system.self();
const isMainThread = self.threadId === 0;
// In the order threads.c knows them. Only the heap's is enforced; stacks have the size given here.
const LIMITS = ['maxOldGenerationSizeMb', 'maxYoungGenerationSizeMb', 'codeRangeSizeMb', 'stackSizeMb'];
const LIMIT_DEFAULTS = [4096, 0, 0, 4];
const SHARE_ENV = Symbol.for('nodejs.worker_threads.SHARE_ENV');

function inherit(Derived, Base) {
    Object.defineProperty(Derived.prototype = Object.create(Base.prototype), 'constructor',
        { value: Derived, writable: true, configurable: true });
}

function hide(object, name, value) {
    Object.defineProperty(object, name, { value: value, writable: true, configurable: true });
}

// The second argument of postMessage: a list, { transfer: list }, or nothing.
function transferList(value) {
    var list = value !== null && typeof value === 'object' && !Array.isArray(value) ?
        value.transfer : value;
    if (list === undefined || list === null) {
        return undefined;
    }
    if (!Array.isArray(list)) {
        throw errors.coded(TypeError, 'ERR_INVALID_ARG_TYPE',
            'Optional transferList argument must be an iterable');
    }
    return list;
}

function sourcePort() {
    var error = new Error('Transfer list contains source port');
    hide(error, 'name', 'DataCloneError');
    hide(error, 'code', 25);
    return error;
}

// ---- ports --------------------------------------------------------------------------------------

function MessagePort() {
    throw errors.coded(TypeError, 'ERR_CONSTRUCT_CALL_INVALID', 'Constructor cannot be called');
}
inherit(MessagePort, EventEmitter);

function makePort() {
    var port = Object.create(MessagePort.prototype);
    EventEmitter.call(port);
    hide(port, '_onmessage', null);
    hide(port, '_onmessageerror', null);
    // As in Node: listening to messages starts the port and keeps the isolate alive for them.
    EventEmitter.prototype.on.call(port, 'newListener', function (name) {
        if (name === 'message' && listenersOf(port) === 0) {
            port.start();
            port.ref();
        }
    });
    EventEmitter.prototype.on.call(port, 'removeListener', function (name) {
        if (name === 'message' && listenersOf(port) === 0) {
            port.unref();
        }
    });
    return port;
}

function listenersOf(port) {
    return port.listenerCount('message') + (port._onmessage === null ? 0 : 1);
}

MessagePort.prototype.postMessage = system.poster(function (value, transfer) {
    if (arguments.length === 0) {
        throw errors.coded(TypeError, 'ERR_MISSING_ARGS', 'The "message" argument must be specified');
    }
    var list = transferList(transfer);
    if (list !== undefined && list.indexOf(this) >= 0) {
        throw sourcePort();
    }
    system.post(this, value, list);
});
MessagePort.prototype.start = function () { system.start(this); };
MessagePort.prototype.close = function (callback) {
    if (typeof callback === 'function') {
        this.once('close', callback);
    }
    system.close(this);
};
MessagePort.prototype.ref = function () { system.hold(this, true); };
MessagePort.prototype.unref = function () { system.hold(this, false); };
MessagePort.prototype.addEventListener = function (name, listener) {
    hide(listener, '_of', function (value) { listener({ type: name, data: value }); });
    this.on(name, listener._of);
};
MessagePort.prototype.removeEventListener = function (name, listener) {
    this.removeListener(name, listener._of || listener);
};

['message', 'messageerror'].forEach(function (name) {
    var slot = '_on' + name;
    Object.defineProperty(MessagePort.prototype, 'on' + name, {
        configurable: true,
        get: function () { return this[slot]; },
        set: function (listener) {
            var had = listenersOf(this);
            this[slot] = typeof listener === 'function' ? listener : null;
            if (name === 'message' && had === 0 && listenersOf(this) > 0) {
                this.start();
                this.ref();
            } else if (name === 'message' && had > 0 && listenersOf(this) === 0) {
                this.unref();
            }
        }
    });
});
Object.defineProperty(MessagePort.prototype, Symbol.toStringTag, { value: 'MessagePort' });

function MessageChannel() {
    if (!(this instanceof MessageChannel)) {
        throw errors.coded(TypeError, 'ERR_CONSTRUCT_CALL_REQUIRED',
            'Class constructor MessageChannel cannot be invoked without `new`');
    }
    this.port1 = makePort();
    this.port2 = makePort();
    system.channel(this.port1, this.port2);
}

// ---- workers ------------------------------------------------------------------------------------

const workers = Object.create(null); // threadId -> Worker, while it runs

function limitOf(limits, name) {
    var value = limits === undefined ? undefined : limits[name];
    return typeof value === 'number' && value > 0 ? value : undefined;
}

function limitsOf(sizes) {
    var limits = {};
    LIMITS.forEach(function (name, i) { limits[name] = sizes[i]; });
    return limits;
}

function fileOf(filename) {
    var isUrl = filename !== null && typeof filename === 'object' && typeof filename.href === 'string';
    var text = isUrl ? filename.href : filename;
    if (typeof text !== 'string') {
        throw errors.invalidType('filename', 'of type string or an instance of URL', filename);
    }
    if (text.slice(0, 7) === 'file://') {
        return decodeURIComponent(text.slice(7));
    }
    if (!/^(\/|\.\.?\/|\.\.?$)/.test(text)) {
        throw errors.coded(TypeError, 'ERR_WORKER_PATH', 'The worker script or module filename must ' +
            'be an absolute path or a relative path starting with \'./\' or \'../\'. Received "' +
            text + '"');
    }
    return require('path').resolve(text);
}

function environmentOf(env) {
    var from = env === undefined || env === null || env === SHARE_ENV ? process.env : env;
    return Object.keys(from).map(function (name) { return name + '=' + from[name]; });
}

function Worker(filename, options) {
    if (!(this instanceof Worker)) {
        throw errors.coded(TypeError, 'ERR_CONSTRUCT_CALL_REQUIRED',
            'Class constructor Worker cannot be invoked without `new`');
    }
    EventEmitter.call(this);
    options = options || {};
    var limits = options.resourceLimits;
    var sizes = LIMITS.map(function (name, i) { return limitOf(limits, name) || LIMIT_DEFAULTS[i]; });
    var source = options.eval ? String(filename) : fileOf(filename);
    var argv = [process.execPath, options.eval ? '[worker eval]' : source]
        .concat((options.argv || []).map(String));

    hide(this, '_onEnd', []);
    var thread = system.spawn(this, source, !!options.eval,
        options.name === undefined ? 'worker' : String(options.name), argv,
        environmentOf(options.env), sizes, options.workerData, transferList(options.transferList));
    if (typeof thread === 'string') { // the name of what the system had no more of
        throw errors.coded(Error, 'ERR_WORKER_INIT_FAILED', 'Worker initialization failure: ' + thread);
    }
    this.threadId = thread;
    this.resourceLimits = limitsOf(sizes);
    workers[this.threadId] = this;
}
inherit(Worker, EventEmitter);
hide(Worker.prototype, '_onmessage', null); // found sooner than not found

Worker.prototype.postMessage = MessagePort.prototype.postMessage;
Worker.prototype.ref = function () { system.holdWorker(this.threadId, true); };
Worker.prototype.unref = function () { system.holdWorker(this.threadId, false); };

// What terminate() gives back: then(callback) is called with the exit code. (A Promise in a program
// that has one; this engine has none of its own yet.)
Worker.prototype.terminate = function () {
    var worker = this;
    if (worker._onEnd === null) {
        return { then: function (callback) { process.nextTick(callback, undefined); } };
    }
    system.terminate(worker.threadId);
    return {
        then: function (callback) {
            if (worker._onEnd === null) {
                process.nextTick(callback, worker._exitCode);
            } else if (typeof callback === 'function') {
                worker._onEnd.push(callback);
            }
        }
    };
};

// An uncaught error travels with its own properties, which cloning alone would drop.
function packError(error) {
    var own = {};
    if (error instanceof Error) {
        Object.keys(error).forEach(function (name) {
            var value = error[name];
            if (value === null || /^(string|number|boolean|undefined)$/.test(typeof value)) {
                own[name] = value;
            }
        });
    }
    return { error: error, own: own };
}

function errorOf(value) {
    if (value === 'ERR_WORKER_OUT_OF_MEMORY') {
        return errors.coded(Error, value,
            'Worker terminated due to reaching memory limit: JS heap out of memory');
    }
    if (value.error instanceof Error) {
        Object.keys(value.own).forEach(function (name) { value.error[name] = value.own[name]; });
    }
    return value instanceof Error ? value : value.error;
}

// What the loop tells a Worker: ended carries the uncaught error, if any, and the exit code.
function ended(worker, error, code) {
    var threadId = worker.threadId;
    var callbacks = worker._onEnd;
    delete workers[threadId];
    worker.threadId = -1;
    worker._onEnd = null;
    hide(worker, '_exitCode', code);
    function finish() {
        worker.emit('exit', code);
        callbacks.forEach(function (callback) { callback(code); });
    }
    if (error === undefined) {
        return finish();
    }
    try {
        worker.emit('error', errorOf(error));
    } finally {
        process.nextTick(finish); // not reached when the error ends this isolate as well
    }
}

// What emit() does, for each message: a list of listeners is never changed, and there is one argument.
function delivered(target, value, isRead) {
    var name = isRead ? 'message' : 'messageerror';
    var handler = isRead ? target._onmessage : target._onmessageerror;
    if (typeof handler === 'function') {
        handler.call(target, { type: name, data: value, target: target });
    }
    if (target.emit !== emit) {
        target.emit(name, value);
        return;
    }
    var list = target._events[name];
    if (list !== undefined) {
        for (var i = 0; i < list.length; i++) {
            list[i].call(target, value);
        }
    }
}

system.listen(function (what, target, value, extra) {
    switch (what) {
    case 'online':
        return target.emit('online');
    case 'ended':
        return ended(target, value, extra);
    default:
        return target.emit('close');
    }
}, delivered, makePort, packError);

// ---- exports --------------------------------------------------------------------------------------

exports.isMainThread = isMainThread;
exports.threadId = self.threadId;
exports.workerData = system.data();
exports.parentPort = null;
exports.resourceLimits = isMainThread ? {} : limitsOf(self.limits);
exports.Worker = Worker;
exports.MessagePort = MessagePort;
exports.MessageChannel = MessageChannel;
exports.SHARE_ENV = SHARE_ENV;

exports.receiveMessageOnPort = function (port) {
    if (!(port instanceof MessagePort)) {
        throw errors.invalidType('port', 'a MessagePort instance', port);
    }
    return system.receive(port);
};

if (!isMainThread) {
    exports.parentPort = makePort();
    system.parent(exports.parentPort);
}
