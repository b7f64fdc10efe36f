// EventEmitter with Node's behaviour. `_events` maps a name to a list of listeners; a list is never
// changed while it may be walked: adding and removing replace it, so emit() needs no copy.
'use strict';

const errors = require('errors');
const MONITOR = Symbol('events.errorMonitor');
var defaultMax = 10;

function EventEmitter() {
    EventEmitter.init.call(this);
}

EventEmitter.prototype._events = undefined;
EventEmitter.prototype._eventsCount = 0;
EventEmitter.prototype._maxListeners = undefined;

EventEmitter.init = function () {
    if (this._events === undefined || this._events === Object.getPrototypeOf(this)._events) {
        this._events = Object.create(null);
        this._eventsCount = 0;
    }
    this._maxListeners = this._maxListeners || undefined;
};

function requireMax(name, value) {
    if (typeof value !== 'number') {
        throw errors.invalidType(name, 'of type number', value);
    }
    if (!(value >= 0)) {
        throw errors.outOfRange(name, '>= 0', value);
    }
}

function eventsOf(emitter) {
    if (emitter._events === undefined) {
        emitter._events = Object.create(null);
        emitter._eventsCount = 0;
    }
    return emitter._events;
}

function listOf(emitter, type) {
    return (emitter._events && emitter._events[type]) || [];
}

function setList(emitter, type, list) {
    var events = eventsOf(emitter);
    var before = events[type] !== undefined;
    if (list.length === 0) {
        delete events[type];
    } else {
        events[type] = list;
    }
    emitter._eventsCount += (list.length !== 0) - before;
}

EventEmitter.prototype.setMaxListeners = function setMaxListeners(count) {
    requireMax('n', count);
    this._maxListeners = count;
    return this;
};

EventEmitter.prototype.getMaxListeners = function getMaxListeners() {
    return this._maxListeners === undefined ? defaultMax : this._maxListeners;
};

function unhandled(error) {
    if (error instanceof Error) {
        return error;
    }
    var text;
    try {
        text = require('inspect').inspect(error);
    } catch (failure) {
        text = error;
    }
    var wrapped = errors.coded(Error, 'ERR_UNHANDLED_ERROR', 'Unhandled error. (' + text + ')');
    wrapped.context = error;
    return wrapped;
}

EventEmitter.prototype.emit = function emit(type) {
    var args = Array.prototype.slice.call(arguments, 1);
    var list = listOf(this, type);
    if (type === 'error') {
        if (listOf(this, MONITOR).length > 0) {
            this.emit.apply(this, [MONITOR].concat(args));
        }
        if (list.length === 0) {
            throw unhandled(args[0]);
        }
    }
    for (var i = 0; i < list.length; i++) {
        list[i].apply(this, args);
    }
    return list.length > 0;
};

function warnOfMany(emitter, type, list) {
    var max = emitter.getMaxListeners();
    if (max <= 0 || list.length <= max || list.warned) {
        return false;
    }
    var name = emitter.constructor && emitter.constructor.name;
    var warning = new Error('Possible EventEmitter memory leak detected. ' + list.length + ' ' +
        String(type) + ' listeners added to ' + require('inspect').inspect(emitter, { depth: -1 }) +
        '. MaxListeners is ' + max + '. Use emitter.setMaxListeners() to increase limit');
    warning.name = 'MaxListenersExceededWarning';
    warning.emitter = emitter;
    warning.type = type;
    warning.count = list.length;
    process.emitWarning(warning, name);
    return true;
}

function add(emitter, type, listener, isFirst) {
    errors.requireFunction(listener, 'listener');
    if (eventsOf(emitter).newListener !== undefined) {
        emitter.emit('newListener', type, listener.listener ? listener.listener : listener);
    }
    var before = listOf(emitter, type);
    var list = isFirst ? [listener].concat(before) : before.concat([listener]);
    list.warned = before.warned || warnOfMany(emitter, type, list);
    setList(emitter, type, list);
    return emitter;
}

EventEmitter.prototype.addListener = function addListener(type, listener) {
    return add(this, type, listener, false);
};

EventEmitter.prototype.on = EventEmitter.prototype.addListener;

EventEmitter.prototype.prependListener = function prependListener(type, listener) {
    return add(this, type, listener, true);
};

function onceWrapper(emitter, type, listener) {
    var isFired = false;
    function wrapper() {
        if (!isFired) {
            emitter.removeListener(type, wrapper);
            isFired = true;
            return listener.apply(emitter, arguments);
        }
        return undefined;
    }
    wrapper.listener = listener;
    return wrapper;
}

EventEmitter.prototype.once = function once(type, listener) {
    errors.requireFunction(listener, 'listener');
    return add(this, type, onceWrapper(this, type, listener), false);
};

EventEmitter.prototype.prependOnceListener = function prependOnceListener(type, listener) {
    errors.requireFunction(listener, 'listener');
    return add(this, type, onceWrapper(this, type, listener), true);
};

EventEmitter.prototype.removeListener = function removeListener(type, listener) {
    errors.requireFunction(listener, 'listener');
    var list = listOf(this, type);
    for (var i = list.length - 1; i >= 0; i--) {
        if (list[i] === listener || list[i].listener === listener) {
            var original = list[i].listener || list[i];
            setList(this, type, list.slice(0, i).concat(list.slice(i + 1)));
            if (this._events.removeListener !== undefined) {
                this.emit('removeListener', type, original);
            }
            break;
        }
    }
    return this;
};

EventEmitter.prototype.off = EventEmitter.prototype.removeListener;

EventEmitter.prototype.removeAllListeners = function removeAllListeners(type) {
    var i;
    if (eventsOf(this).removeListener === undefined) {
        if (arguments.length > 0) {
            setList(this, type, []);
        } else {
            this._events = Object.create(null);
            this._eventsCount = 0;
        }
        return this;
    }
    if (arguments.length > 0) {
        var list = listOf(this, type);
        for (i = list.length - 1; i >= 0; i--) {
            this.removeListener(type, list[i]);
        }
        return this;
    }
    var names = this.eventNames();
    for (i = 0; i < names.length; i++) {
        if (names[i] !== 'removeListener') {
            this.removeAllListeners(names[i]);
        }
    }
    this.removeAllListeners('removeListener');
    return this;
};

EventEmitter.prototype.listeners = function listeners(type) {
    return listOf(this, type).map(function (listener) {
        return listener.listener || listener;
    });
};

EventEmitter.prototype.rawListeners = function rawListeners(type) {
    return listOf(this, type).slice();
};

EventEmitter.prototype.listenerCount = function listenerCount(type, listener) {
    var list = listOf(this, type);
    if (listener === undefined || listener === null) {
        return list.length;
    }
    return list.filter(function (one) {
        return one === listener || one.listener === listener;
    }).length;
};

EventEmitter.prototype.eventNames = function eventNames() {
    return this._eventsCount > 0 ? Reflect.ownKeys(this._events) : [];
};

Object.defineProperty(EventEmitter, 'defaultMaxListeners', {
    enumerable: true,
    get: function () {
        return defaultMax;
    },
    set: function (count) {
        requireMax('defaultMaxListeners', count);
        defaultMax = count;
    }
});

Object.defineProperty(EventEmitter, 'EventEmitterAsyncResource', {
    enumerable: true,
    configurable: true,
    get: function () { return require('event_resource'); }
});

EventEmitter.listenerCount = function (emitter, type) {
    return emitter.listenerCount(type);
};

['once', 'on', 'getEventListeners', 'getMaxListeners', 'setMaxListeners',
    'addAbortListener'].forEach(function (name) {
    EventEmitter[name] = function () {
        return require('events_async')[name].apply(undefined, arguments);
    };
    Object.defineProperty(EventEmitter[name], 'name', { value: name });
});

EventEmitter.captureRejections = false;
EventEmitter.captureRejectionSymbol = Symbol.for('nodejs.rejection');
EventEmitter.errorMonitor = MONITOR;
EventEmitter.EventEmitter = EventEmitter;
module.exports = EventEmitter;
