// worker_threads: ports and channels with Node's names and behaviour on the natives of threads.c,
// and the module's exports. What few programs use is in modules of its own, loaded when asked for.
// Objects that receive messages are ports to the natives; a Worker is one as well.
'use strict';

const events = require('port_events');
const system = native('threads');
const workers = native('workers');
const hide = events.hide;
const ticks = require('ticks');
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

// ---- ports --------------------------------------------------------------------------------------

function MessagePort() {
    throw require('errors').coded(TypeError, 'ERR_CONSTRUCT_CALL_INVALID', 'Constructor cannot be called');
}
MessagePort.prototype = Object.create(events.NodeEventTarget.prototype);
hide(MessagePort.prototype, 'constructor', MessagePort);

function requirePort(port) {
    if (!(port instanceof MessagePort)) {
        throw new TypeError('Illegal invocation');
    }
}

function makePort() {
    var port = Object.create(MessagePort.prototype);
    events.EventTarget.init(port);
    return port;
}

// As in Node: listening to messages starts the port and keeps the isolate alive for them;
// with nobody listening they wait.
hide(MessagePort.prototype, events.LISTENING, function (type, now, before) {
    if (type !== 'message') {
        return;
    }
    if (before === 0) {
        system.hold(this, true);
        system.start(this);
    } else if (now === 0) {
        system.hold(this, false);
        system.stop(this);
    }
});

hide(MessagePort.prototype, 'postMessage', system.poster(function (value, transfer) {
    if (!(this instanceof MessagePort) && !(this instanceof exports.Worker)) {
        throw new TypeError('Illegal invocation');
    }
    if (arguments.length === 0) {
        throw require('errors').coded(TypeError, 'ERR_MISSING_ARGS',
            'Not enough arguments to MessagePort.postMessage');
    }
    var list = require('transfer_list').transferList(transfer);
    if (list !== undefined && list.indexOf(this) >= 0) {
        throw system.cloneError('Transfer list contains source port');
    }
    if (system.post(this, value, list)) {
        process.emitWarning(
            'The target port was posted to itself, and the communication channel was lost');
    }
}));
hide(MessagePort.prototype, 'start', function start() {
    requirePort(this);
    system.start(this);
});
hide(MessagePort.prototype, 'close', function close(callback) {
    requirePort(this);
    if (typeof callback === 'function') {
        this.once('close', callback);
    }
    system.close(this);
});
hide(MessagePort.prototype, 'ref', function ref() {
    requirePort(this);
    system.hold(this, true);
});
hide(MessagePort.prototype, 'unref', function unref() {
    requirePort(this);
    system.hold(this, false);
});
hide(MessagePort.prototype, 'hasRef', function hasRef() {
    requirePort(this);
    return system.isHeld(this) === true;
});
hide(MessagePort.prototype, INSPECT, function () {
    var isHeld = this._isClosing === true ? false : system.isHeld(this);
    var picture = Object.create(MessagePort.prototype);
    hide(picture, INSPECT, undefined);
    return Object.assign(picture, isHeld === undefined ? { active: false } :
        { active: true, refed: isHeld }, this);
});
events.defineHandler(MessagePort.prototype, 'message');
events.defineHandler(MessagePort.prototype, 'messageerror');

function MessageChannel() {
    if (!(this instanceof MessageChannel)) {
        throw require('errors').coded(TypeError, 'ERR_CONSTRUCT_CALL_REQUIRED',
            'Cannot call constructor without `new`');
    }
    this.port1 = makePort();
    this.port2 = makePort();
    system.channel(this.port1, this.port2);
    if (events.watch !== undefined) { // async_hooks
        events.watch(this.port1);
        events.watch(this.port2);
    }
}

// ---- what the natives tell ----------------------------------------------------------------------

var arrived = []; // the ports that came with the message that is being read

function makeArrived() {
    var port = makePort();
    arrived.push(port);
    return port;
}

// For each message. One listener that takes the value is the common case, and needs no more.
function delivered(target, value, isRead) {
    var name = isRead ? 'message' : 'messageerror';
    var ports = arrived;
    if (ports.length > 0) {
        arrived = [];
    }
    if (target.isWorker === true && target.emit !== target.plainEmit) {
        target.emit(name, value);
        return;
    }
    var list = target._events[name];
    if (list === undefined) {
        return;
    }
    if (list.length === 1 && typeof list[0] === 'function') {
        list[0].call(target, value);
    } else if (target.isWorker === true) {
        target.emit(name, value);
    } else {
        events.dispatchMessage(target, name, value, ports);
    }
}

function told(what, target, value, extra) {
    switch (what) {
    case 'online':
        return require('worker').online(target);
    case 'ended':
        return require('worker').ended(target, value, extra);
    case 'output':
        return target !== undefined && require('worker').takesOutput(target, extra) ?
            require('worker_streams').output(target, value, extra) : undefined;
    case 'input':
        return require('worker_streams').input(value);
    case 'message':
        return require('thread_messages').received(value, extra);
    case 'answered':
        return require('thread_messages').answered(value, extra);
    case 'heap':
        return target === undefined ? undefined : require('worker').heap(target, value, extra);
    case 'woken':
        return require('wait_async').woken(value);
    default:
        hide(target, '_isClosing', true); // for its listeners it is still there
        events.dispatchClose(target);
        hide(target, '_isClosing', false);
        return undefined;
    }
}

function packError(error) {
    return require('worker_errors').pack(error);
}

// ---- exports ------------------------------------------------------------------------------------

// A property that loads the module it comes from when it is first read, and then is a plain one.
function lazy(name, module, property) {
    function settle(value) {
        Object.defineProperty(exports, name,
            { value: value, writable: true, enumerable: true, configurable: true });
        return value;
    }
    Object.defineProperty(exports, name, {
        enumerable: true,
        configurable: true,
        get: function () { return settle(require(module)[property || name]); },
        set: settle
    });
}

exports.isMainThread = true;
exports.MessagePort = MessagePort;
exports.MessageChannel = MessageChannel;

// Marked objects are not moved by a transfer list; the natives look for the mark.
exports.markAsUntransferable = function markAsUntransferable(object) {
    if ((typeof object === 'object' && object !== null) || typeof object === 'function') {
        system.pin(object);
    }
};

// There are no contexts to move a port to.
exports.moveMessagePortToContext = function moveMessagePortToContext(port) {
    if (!(port instanceof MessagePort)) {
        throw require('errors').coded(TypeError, 'ERR_INVALID_ARG_TYPE',
            'The "port" argument must be a MessagePort instance');
    }
    throw require('errors').coded(TypeError, 'ERR_INVALID_ARG_TYPE', 'Invalid context argument');
};

exports.receiveMessageOnPort = function receiveMessageOnPort(port) {
    if (!(port instanceof MessagePort) && !(port instanceof exports.BroadcastChannel)) {
        throw require('errors').coded(TypeError, 'ERR_INVALID_ARG_TYPE',
            'The "port" argument must be a MessagePort instance');
    }
    var received = system.receive(port);
    arrived = [];
    return received;
};

lazy('resourceLimits', 'worker', 'ownLimits');
lazy('postMessageToThread', 'thread_messages');
exports.threadId = 0;
exports.SHARE_ENV = Symbol.for('nodejs.worker_threads.SHARE_ENV');
lazy('Worker', 'worker');
exports.parentPort = null;
exports.workerData = null;
lazy('BroadcastChannel', 'broadcast_channel');
lazy('setEnvironmentData', 'environment_data');
lazy('getEnvironmentData', 'environment_data');

// What is this isolate's own.
module.open = function () {
    var self = workers.self();
    exports.threadId = self.threadId;
    exports.isMainThread = self.threadId === 0;
    require('port_events'); // opens it too
    system.listen(told, delivered, makeArrived, packError, false);
    ticks.whenFollowing(function () {
        system.listen(ticks.inContextOf(1, told), ticks.inContextOf(0, delivered), makeArrived,
            packError, true);
    });
    if (exports.isMainThread) {
        return;
    }
    exports.parentPort = makePort();
    workers.parent(exports.parentPort);
    var data = workers.data();
    if (data[1]) { // [workerData, what else there is]
        require('environment_data').inherit(data[0][1]);
        exports.workerData = data[0][0];
    } else {
        exports.workerData = data[0];
    }
    arrived = [];
};
