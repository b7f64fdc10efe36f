// BroadcastChannel: everybody in the process who has opened the same name, on the natives of
// channels.c. To those it is a port that receives.
'use strict';

const events = require('port_events');
const errors = require('errors');
const system = native('threads');
const channels = native('channels');
const hide = events.hide;

function requireThis(channel) {
    if (!(channel instanceof BroadcastChannel) || channel._name === undefined) {
        throw errors.coded(TypeError, 'ERR_INVALID_THIS',
            'Value of "this" must be of type BroadcastChannel');
    }
}

function missing(name) {
    return errors.coded(TypeError, 'ERR_MISSING_ARGS', 'The "' + name + '" argument must be specified');
}

function failure(message, name, code) {
    if (typeof DOMException === 'function') {
        return new DOMException(message, name);
    }
    var error = new Error(message);
    hide(error, 'name', name);
    hide(error, 'code', code);
    return error;
}

function BroadcastChannel(name) {
    if (!(this instanceof BroadcastChannel)) {
        throw new TypeError('Class constructor BroadcastChannel cannot be invoked without \'new\'');
    }
    if (arguments.length === 0) {
        throw missing('name');
    }
    if (typeof name === 'symbol') {
        throw new TypeError('Cannot convert a Symbol value to a string');
    }
    events.EventTarget.init(this);
    hide(this, '_name', String(name));
    hide(this, '_isClosed', false);
    channels.join(this, this._name);
    system.hold(this, true);
}
BroadcastChannel.prototype = Object.create(events.EventTarget.prototype);
hide(BroadcastChannel.prototype, 'constructor', BroadcastChannel);

Object.defineProperty(BroadcastChannel.prototype, 'name', {
    configurable: true,
    enumerable: true,
    get: function () {
        requireThis(this);
        return this._name;
    }
});

hide(BroadcastChannel.prototype, 'postMessage', function postMessage(message) {
    requireThis(this);
    if (arguments.length === 0) {
        throw missing('message');
    }
    if (this._isClosed) {
        throw failure('BroadcastChannel is closed.', 'InvalidStateError', 11);
    }
    if (!channels.publish(this, message)) {
        throw failure('Message could not be posted.', 'Error', 0);
    }
});

hide(BroadcastChannel.prototype, 'close', function close() {
    requireThis(this);
    if (!this._isClosed) {
        hide(this, '_isClosed', true);
        system.close(this);
    }
});

hide(BroadcastChannel.prototype, 'ref', function ref() {
    requireThis(this);
    system.hold(this, true);
    return this;
});

hide(BroadcastChannel.prototype, 'unref', function unref() {
    requireThis(this);
    system.hold(this, false);
    return this;
});

events.defineHandler(BroadcastChannel.prototype, 'message');
events.defineHandler(BroadcastChannel.prototype, 'messageerror');

hide(BroadcastChannel.prototype, Symbol.for('nodejs.util.inspect.custom'), function (depth, options) {
    requireThis(this);
    return depth < 0 ? 'BroadcastChannel' : 'BroadcastChannel ' + require('inspect').inspect(
        { name: this._name, active: !this._isClosed },
        Object.assign({}, options, { depth: options.depth === null ? null : options.depth - 1 }));
});

exports.BroadcastChannel = BroadcastChannel;
