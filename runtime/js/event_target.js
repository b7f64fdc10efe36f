// Event, CustomEvent and EventTarget as Node has them: no tree of targets, so no bubbling; what a
// listener throws becomes an uncaught exception on the next tick.
'use strict';

const errors = require('errors');
const now = native('performance').now;
const CUSTOM = Symbol.for('nodejs.util.inspect.custom');
const STATE = Symbol('state');
const LISTENERS = Symbol('events');

function hide(object, key, value) {
    Object.defineProperty(object, key, { value: value, writable: true, configurable: true });
}

function mustBeNew(self, Type, name) {
    if (!(self instanceof Type)) {
        throw new TypeError('Class constructor ' + name + " cannot be invoked without 'new'");
    }
}

function wrongThis(name) {
    return errors.coded(TypeError, 'ERR_INVALID_THIS', 'Value of "this" must be of type ' + name);
}

function missing(text) {
    return errors.coded(TypeError, 'ERR_MISSING_ARGS', 'The ' + text + ' must be specified');
}

// ---- Event ----------------------------------------------------------------------------------------

function Event(type, options) {
    mustBeNew(this, Event, 'Event');
    if (arguments.length === 0) {
        throw missing('"type" argument');
    }
    if (typeof type === 'symbol') {
        throw new TypeError('Cannot convert a Symbol value to a string');
    }
    if (options !== undefined && (options === null || typeof options !== 'object')) {
        throw errors.invalidType('options', 'of type object', options);
    }
    hide(this, STATE, {
        type: String(type), target: null, isStopped: false, isPropagating: true,
        isPrevented: false, isDispatching: false, timeStamp: now(),
        bubbles: !!(options && options.bubbles), cancelable: !!(options && options.cancelable),
        composed: !!(options && options.composed), isTrusted: false
    });
}

function stateOf(event) {
    if (event === null || typeof event !== 'object' || event[STATE] === undefined) {
        throw wrongThis('Event');
    }
    return event[STATE];
}

function getter(name, read) {
    Object.defineProperty(Event.prototype, name, { enumerable: true, configurable: true,
        get: function () { return read(stateOf(this)); } });
}

Event.prototype.initEvent = function initEvent(type, bubbles, cancelable) {
    var state = stateOf(this);
    if (!state.isDispatching) {
        state.type = String(type);
        state.bubbles = !!bubbles;
        state.cancelable = !!cancelable;
    }
};
Event.prototype.stopImmediatePropagation = function stopImmediatePropagation() {
    stateOf(this).isStopped = true;
    this[STATE].isPropagating = false;
};
Event.prototype.preventDefault = function preventDefault() {
    stateOf(this).isPrevented = this[STATE].cancelable || this[STATE].isPrevented;
};
Event.prototype.stopPropagation = function stopPropagation() {
    stateOf(this).isPropagating = false;
};
Event.prototype.composedPath = function composedPath() {
    var state = stateOf(this);
    return state.isDispatching ? [state.target] : [];
};
getter('target', function (state) { return state.target; });
getter('currentTarget', function (state) { return state.isDispatching ? state.target : null; });
getter('srcElement', function (state) { return state.target; });
getter('type', function (state) { return state.type; });
getter('cancelable', function (state) { return state.cancelable; });
getter('defaultPrevented', function (state) { return state.cancelable && state.isPrevented; });
getter('timeStamp', function (state) { return state.timeStamp; });
getter('bubbles', function (state) { return state.bubbles; });
getter('composed', function (state) { return state.composed; });
getter('isTrusted', function (state) { return state.isTrusted; });
getter('eventPhase', function (state) { return state.isDispatching ? 2 : 0; });
Object.defineProperty(Event.prototype, 'returnValue', { enumerable: true, configurable: true,
    get: function () { return !this.defaultPrevented; },
    set: function (value) {
        if (!value) {
            this.preventDefault();
        }
    } });
Object.defineProperty(Event.prototype, 'cancelBubble', { enumerable: true, configurable: true,
    get: function () { return !stateOf(this).isPropagating; },
    set: function (value) {
        if (value) {
            this.stopPropagation();
        }
    } });
Object.defineProperty(Event.prototype, Symbol.toStringTag, { value: 'Event', configurable: true });
Object.defineProperty(Event.prototype, CUSTOM, { writable: true, configurable: true,
    value: function (depth, options) {
        var name = this.constructor.name;
        if (typeof depth === 'number' && depth < 0) {
            return name;
        }
        return name + ' ' + require('inspect').inspect({ type: this.type,
            defaultPrevented: this.defaultPrevented, cancelable: this.cancelable,
            timeStamp: this.timeStamp },
        Object.assign({}, options, { depth: Number.isInteger(options.depth) ? options.depth - 1 :
            options.depth }));
    } });
['NONE', 'CAPTURING_PHASE', 'AT_TARGET', 'BUBBLING_PHASE'].forEach(function (name, value) {
    Object.defineProperty(Event, name, { value: value, enumerable: true });
});

const DETAIL = Symbol('detail');

function CustomEvent(type, options) {
    mustBeNew(this, CustomEvent, 'CustomEvent');
    if (arguments.length === 0) {
        throw missing('"type" argument');
    }
    Event.call(this, type, options);
    hide(this, DETAIL, options && options.detail !== undefined ? options.detail : null);
}

Object.setPrototypeOf(CustomEvent, Event);
CustomEvent.prototype = Object.create(Event.prototype, {
    constructor: { value: CustomEvent, writable: true, configurable: true },
    detail: { enumerable: true, configurable: true, get: function () {
        if (this[DETAIL] === undefined) {
            throw wrongThis('CustomEvent');
        }
        return this[DETAIL];
    } }
});
Object.defineProperty(CustomEvent.prototype, Symbol.toStringTag,
    { value: 'CustomEvent', configurable: true });

// ---- EventTarget ----------------------------------------------------------------------------------

function EventTarget() {
    mustBeNew(this, EventTarget, 'EventTarget');
    prepare(this);
}

// For constructors of built-in modules that are event targets without being made by `new`.
function prepare(target) {
    hide(target, LISTENERS, Object.create(null));
    return target;
}

function listenersOf(target) {
    if (target === undefined || target === null || target[LISTENERS] === undefined) {
        throw wrongThis('EventTarget');
    }
    return target[LISTENERS];
}

function optionsOf(options) {
    if (typeof options === 'boolean') {
        return { capture: options };
    }
    return options !== null && typeof options === 'object' ? options : {};
}

function find(list, listener, isCapture) {
    for (var i = 0; i < list.length; i++) {
        if (list[i].listener === listener && list[i].isCapture === isCapture) {
            return i;
        }
    }
    return -1;
}

EventTarget.prototype.addEventListener = function addEventListener(type, listener, options) {
    var all = listenersOf(this);
    if (arguments.length < 2) {
        throw missing('"type" and "listener" arguments');
    }
    options = optionsOf(options);
    if (listener === null || listener === undefined) {
        var warning = new Error('addEventListener called with ' + listener + ' which has no effect.');
        warning.name = 'AddEventListenerArgumentTypeWarning';
        process.emitWarning(warning);
        return;
    }
    if (typeof listener !== 'function' && typeof listener !== 'object') {
        throw errors.invalidType('listener', 'an instance of EventListener', listener);
    }
    type = String(type);
    var signal = options.signal;
    if (signal) {
        if (signal.aborted) {
            return;
        }
        var target = this;
        signal.addEventListener('abort', function () {
            target.removeEventListener(type, listener, options);
        }, { once: true });
    }
    var list = all[type] || [];
    var isCapture = !!options.capture;
    if (find(list, listener, isCapture) < 0) {
        all[type] = list.concat([{ listener: listener, isCapture: isCapture, isOnce: !!options.once,
            isPassive: !!options.passive, isGone: false }]);
    }
};

EventTarget.prototype.removeEventListener = function removeEventListener(type, listener, options) {
    var all = listenersOf(this);
    if (arguments.length < 2) {
        throw missing('"type" and "listener" arguments');
    }
    var list = all[String(type)] || [];
    var at = find(list, listener, !!optionsOf(options).capture);
    if (at >= 0) {
        list[at].isGone = true;
        all[type] = list.slice(0, at).concat(list.slice(at + 1));
    }
};

function call(target, event, entry) {
    var listener = entry.listener;
    try {
        var result = typeof listener === 'function' ? listener.call(target, event) :
            listener.handleEvent(event);
        if (result !== null && typeof result === 'object' && typeof result.then === 'function') {
            result.then(undefined, function (error) {
                process.nextTick(function () { throw error; });
            });
        }
    } catch (error) {
        process.nextTick(function () { throw error; });
    }
}

function dispatch(target, event) {
    var state = event[STATE];
    var list = listenersOf(target)[state.type] || [];
    state.target = target;
    state.isDispatching = true;
    for (var i = 0; i < list.length && !state.isStopped; i++) {
        if (!list[i].isGone) {
            if (list[i].isOnce) {
                EventTarget.prototype.removeEventListener.call(target, state.type, list[i].listener,
                    list[i].isCapture);
            }
            call(target, event, list[i]);
            state.isDispatching = false; // as Node: only the first listener sees a phase
        }
    }
    state.isDispatching = false;
    return !event.defaultPrevented;
}

EventTarget.prototype.dispatchEvent = function dispatchEvent(event) {
    listenersOf(this);
    exports.begin(this, event);
    return dispatch(this, event);
};
Object.defineProperty(EventTarget.prototype, Symbol.toStringTag,
    { value: 'EventTarget', configurable: true });
Object.defineProperty(EventTarget.prototype, CUSTOM, { writable: true, configurable: true,
    value: function (depth, options) {
        var name = this.constructor.name;
        return typeof depth === 'number' && depth < 0 ? name :
            name + ' ' + require('inspect').inspect({}, options);
    } });

// An accessor `onabort` and the like: a listener that stands in the row where it was first set.
function handler(prototype, type) {
    var slot = Symbol('on' + type);
    Object.defineProperty(prototype, 'on' + type, { enumerable: true, configurable: true,
        get: function () { return (this[slot] && this[slot].handler) || null; },
        set: function (value) {
            var entry = this[slot];
            if (entry === undefined) {
                entry = { handler: null, call: function (event) {
                    return entry.handler === null ? undefined : entry.handler.call(this, event);
                } };
                hide(this, slot, entry);
            }
            if (typeof value === 'function' && entry.handler === null) {
                this.addEventListener(type, entry.call);
            } else if (typeof value !== 'function' && entry.handler !== null) {
                this.removeEventListener(type, entry.call);
            }
            entry.handler = typeof value === 'function' ? value : null;
        } });
}

exports.Event = Event;
exports.CustomEvent = CustomEvent;
exports.EventTarget = EventTarget;
exports.prepare = prepare;
exports.handler = handler;
exports.trust = function (event) {
    event[STATE].isTrusted = true;
    return event;
};
exports.listeners = function (target, type) {
    return (listenersOf(target)[type] || []).map(function (entry) { return entry.listener; });
};
exports.isTarget = function (value) {
    return value !== null && typeof value === 'object' && value[LISTENERS] !== undefined;
};

// For targets that have dispatching of their own.
exports.STATE = STATE;
exports.begin = function (target, event) {
    if (!(event instanceof Event) || event[STATE] === undefined) {
        throw errors.invalidType('event', 'an instance of Event', event);
    }
    if (event[STATE].isDispatching) {
        throw errors.coded(Error, 'ERR_EVENT_RECURSION',
            'The event "' + event.type + '" is already being dispatched');
    }
    event[STATE].target = target;
    event[STATE].isDispatching = true;
    return event[STATE];
};

if (require('loader').isLoaded('port_events')) {
    require('event_link');
}
