// How ports are listened to: an EventTarget with an EventEmitter's methods besides, as in Node. Used
// by worker_threads.js and broadcast_channel.js. `_events` maps a type to a list in order of
// arrival: of functions added with on(), called with the value, and of records for all else. A list
// is never changed, only replaced, so that dispatch needs no copy.
'use strict';

const ticks = require('ticks');

module.open = function () { require('ticks'); };

// What a kind of target does when the number of listeners of a type changes: (type, now, before).
const LISTENING = Symbol('listening');

function hide(object, name, value) {
    Object.defineProperty(object, name, { value: value, writable: true, configurable: true });
}

// ---- the lists ----------------------------------------------------------------------------------

function Record(callback, isNode, isOnce, isCapture) {
    this.callback = callback; // a function, or an object with handleEvent
    this.isNode = isNode;     // called with the value, not an event
    this.isOnce = isOnce;
    this.isCapture = isCapture;
}

function callbackOf(entry) {
    return typeof entry === 'function' ? entry : entry.callback;
}

function indexOf(list, callback, isCapture) {
    for (var i = 0; i < list.length; i++) {
        if (callbackOf(list[i]) === callback && !!list[i].isCapture === isCapture) {
            return i;
        }
    }
    return -1;
}

function add(target, type, entry) {
    var list = target._events[type] || [];
    if (indexOf(list, callbackOf(entry), !!entry.isCapture) >= 0) {
        return;
    }
    target._events[type] = list.concat([entry]);
    target[LISTENING](type, list.length + 1, list.length);
    if (list.length + 1 > target._maxListeners && target._maxListeners > 0) {
        warnOfMany(target, type, list.length + 1);
    }
}

function removeAt(target, type, index) {
    var list = target._events[type];
    if (list === undefined || index < 0) {
        return;
    }
    var left = list.slice(0, index).concat(list.slice(index + 1));
    if (left.length > 0) {
        target._events[type] = left;
    } else {
        delete target._events[type];
    }
    target[LISTENING](type, left.length, list.length);
}

function warnOfMany(target, type, count) {
    if (target._warned !== undefined) {
        return;
    }
    hide(target, '_warned', true);
    var warning = new Error('Possible EventTarget memory leak detected. ' + count + ' ' + type +
        ' listeners added to ' + target.constructor.name + '. MaxListeners is ' +
        target._maxListeners + '. Use events.setMaxListeners() to increase limit');
    warning.name = 'MaxListenersExceededWarning';
    warning.target = target;
    warning.type = type;
    warning.count = count;
    process.emitWarning(warning);
}

// ---- dispatch -----------------------------------------------------------------------------------

// As Node: one listener's error is the isolate's affair, the others are called all the same.
function rethrow(error) {
    process.nextTick(function () { throw error; });
}

function call(target, entry, value, event) {
    try {
        if (typeof entry === 'function') {
            entry.call(target, value);
        } else if (entry.isNode) {
            entry.callback.call(target, value);
        } else if (typeof entry.callback === 'function') {
            entry.callback.call(target, event);
        } else {
            entry.callback.handleEvent(event);
        }
    } catch (error) {
        rethrow(error);
    }
}

// Tells all listeners: functions get `value`, the others makeEvent()'s event. The event, if made. An
// event that a script made has a `state`.
function dispatch(target, type, value, makeEvent, state) {
    var list = target._events[type] || [];
    var event;
    for (var i = 0; i < list.length; i++) {
        var entry = list[i];
        if (entry.isOnce) {
            removeAt(target, type, target._events[type] ? target._events[type].indexOf(entry) : -1);
        }
        if (typeof entry !== 'function' && !entry.isNode && event === undefined) {
            event = makeEvent();
        }
        call(target, entry, value, event);
        if (state !== undefined ? state.isStopped : event !== undefined && event._isStopped) {
            break;
        }
    }
    return event;
}

// ---- EventTarget --------------------------------------------------------------------------------

function EventTarget() {}

EventTarget.init = function (target) {
    hide(target, '_events', Object.create(null));
    hide(target, '_maxListeners', 10);
    ticks.keepContext(target);
};

hide(EventTarget.prototype, LISTENING, function () {});
Object.defineProperty(EventTarget.prototype, Symbol.toStringTag,
    { value: 'EventTarget', configurable: true });

function requireListener(listener) {
    if (typeof listener !== 'function' && (listener === null || typeof listener !== 'object')) {
        throw require('errors').invalidType('listener', 'an instance of EventListener', listener);
    }
}

EventTarget.prototype.addEventListener = function addEventListener(type, listener, options) {
    if (arguments.length < 2) {
        throw require('errors').coded(TypeError, 'ERR_MISSING_ARGS',
            'The "type" and "listener" arguments must be specified');
    }
    options = typeof options === 'boolean' ? { capture: options } : options || {};
    if (listener === null || listener === undefined) {
        var warning = new Error('addEventListener called with ' + listener + ' which has no effect.');
        warning.name = 'AddEventListenerArgumentTypeWarning';
        warning.target = this;
        warning.type = type;
        process.emitWarning(warning);
        return;
    }
    requireListener(listener);
    var self = this;
    if (options.signal) {
        if (options.signal.aborted) {
            return;
        }
        options.signal.addEventListener('abort', function () {
            self.removeEventListener(type, listener, options);
        }, { once: true });
    }
    add(this, String(type), new Record(listener, false, !!options.once, !!options.capture));
};

EventTarget.prototype.removeEventListener = function removeEventListener(type, listener, options) {
    if (arguments.length < 2) {
        throw require('errors').coded(TypeError, 'ERR_MISSING_ARGS',
            'The "type" and "listener" arguments must be specified');
    }
    var isCapture = options === true || (!!options && !!options.capture);
    removeAt(this, String(type), indexOf(this._events[type] || [], listener, isCapture));
};

EventTarget.prototype.dispatchEvent = function dispatchEvent(event) {
    var state = require('event_target').begin(this, event);
    dispatch(this, event.type, event, function () { return event; }, state);
    state.isDispatching = false;
    return !event.defaultPrevented;
};

// ---- what Node's ports have besides -------------------------------------------------------------

function NodeEventTarget() {}
NodeEventTarget.prototype = Object.create(EventTarget.prototype);
hide(NodeEventTarget.prototype, 'constructor', NodeEventTarget);
var methods = NodeEventTarget.prototype;

methods.setMaxListeners = function setMaxListeners(count) {
    if (typeof count !== 'number' || !(count >= 0)) {
        throw require('errors').outOfRange('n', '>= 0', count);
    }
    this._maxListeners = count;
};

methods.getMaxListeners = function getMaxListeners() {
    return this._maxListeners;
};

methods.eventNames = function eventNames() {
    return Object.keys(this._events);
};

methods.listenerCount = function listenerCount(type) {
    var list = this._events[String(type)];
    return list === undefined ? 0 : list.length;
};

methods.on = function on(type, listener) {
    requireListener(listener);
    add(this, String(type), typeof listener === 'function' ? listener :
        new Record(listener, false, false, false));
    return this;
};
methods.addListener = methods.on;

methods.once = function once(type, listener) {
    requireListener(listener);
    add(this, String(type), new Record(listener, typeof listener === 'function', true, false));
    return this;
};

methods.off = function off(type, listener, options) {
    this.removeEventListener(type, listener, options);
    return this;
};
methods.removeListener = methods.off;

methods.emit = function emit(type, value) {
    if (typeof type !== 'string') {
        throw require('errors').invalidType('type', 'of type string', type);
    }
    var had = this.listenerCount(type) > 0;
    var self = this;
    dispatch(this, type, value, function () {
        var event = makeEvent(type, self);
        hide(event, 'detail', value);
        return event;
    });
    return had;
};

methods.removeAllListeners = function removeAllListeners(type) {
    if (type === undefined) { // nobody is told, as in Node: what it held it still holds
        hide(this, '_events', Object.create(null));
    } else {
        delete this._events[String(type)];
    }
    return this;
};

// An attribute like onmessage: a listener that is set and not added.
function defineHandler(prototype, name) {
    Object.defineProperty(prototype, 'on' + name, {
        configurable: true,
        enumerable: true,
        get: function () {
            var list = this._events[name] || [];
            var at = handlerIn(list);
            return at < 0 ? null : list[at].handler;
        },
        set: function (handler) {
            var list = this._events[name] || [];
            var at = handlerIn(list);
            var isListener = typeof handler === 'function' ||
                (handler !== null && typeof handler === 'object');
            if (at >= 0 && isListener) {
                list[at].handler = handler;
            } else if (at >= 0) {
                removeAt(this, name, at);
            } else if (isListener) {
                add(this, name, handlerRecord(handler));
            }
        }
    });
}

function handlerIn(list) {
    for (var i = 0; i < list.length; i++) {
        if (list[i].handler !== undefined) {
            return i;
        }
    }
    return -1;
}

function handlerRecord(handler) {
    var record = new Record(function (event) {
        if (typeof record.handler === 'function') {
            record.handler.call(this, event);
        }
    }, false, false, false);
    record.handler = handler;
    return record;
}

// ---- events -------------------------------------------------------------------------------------

function Event(type) {
    this.type = type;
    this.defaultPrevented = false;
    this.cancelable = false;
    this.timeStamp = performance.now();
}
['type', 'defaultPrevented', 'cancelable', 'timeStamp'].forEach(function (name) {
    hide(Event.prototype, name, undefined); // the public prototype's can't be assigned to
});
Event.prototype.preventDefault = function preventDefault() {};
Event.prototype.stopPropagation = function stopPropagation() {};
Event.prototype.stopImmediatePropagation = function stopImmediatePropagation() {
    hide(this, '_isStopped', true);
};

function MessageEvent(type, init) {
    init = init || {};
    Event.call(this, String(type));
    hide(this, 'data', init.data === undefined ? null : init.data);
    hide(this, 'ports', init.ports || []);
    hide(this, 'origin', init.origin === undefined ? '' : String(init.origin));
    hide(this, 'lastEventId', init.lastEventId === undefined ? '' : String(init.lastEventId));
    hide(this, 'source', init.source === undefined ? null : init.source);
}
MessageEvent.prototype = Object.create(Event.prototype);
hide(MessageEvent.prototype, 'constructor', MessageEvent);

function makeEvent(type, target) {
    var event = new Event(type);
    hide(event, 'target', target);
    hide(event, 'currentTarget', target);
    return event;
}

function makeMessageEvent(type, target, value, ports) {
    var event = new MessageEvent(type, { data: value, ports: ports });
    event.data = value;
    hide(event, 'target', target);
    hide(event, 'currentTarget', target);
    return event;
}

// Tells the listeners of a message; `ports` are those that came with it.
exports.dispatchMessage = function (target, type, value, ports) {
    dispatch(target, type, value, function () {
        return makeMessageEvent(type, target, value, ports);
    });
};

exports.dispatchClose = function (target) {
    var event = makeEvent('close', target);
    dispatch(target, 'close', event, function () { return event; });
};

exports.LISTENING = LISTENING;
exports.hide = hide;
exports.defineHandler = defineHandler;
exports.Event = Event;
exports.EventTarget = EventTarget;
exports.NodeEventTarget = NodeEventTarget;
exports.MessageEvent = MessageEvent;
exports.watch = undefined; // async_hooks: told of every new port

if (require('loader').isLoaded('event_target')) {
    require('event_link');
}
