// async_hooks: AsyncLocalStorage and AsyncResource. The context is one immutable list of
// [storage, value] pairs; the engine hands it from where a microtask is made to where it runs, and
// ticks.js does the same for what the loop calls; what comes through a port or from a worker is heard
// in the context that made it. Loading this module switches that on.
'use strict';

const errors = require('errors');
const ticks = require('ticks');
const tasks = native('tasks');
const NOTHING = { store: null }; // this value stands for "no store"

ticks.follow();

// ---- contexts -------------------------------------------------------------------------------------

function find(context, storage) {
    for (var i = 0; context !== undefined && i < context.length; i += 2) {
        if (context[i] === storage) {
            return context[i + 1];
        }
    }
    return NOTHING;
}

function withStore(context, storage, value) {
    var rest = (context || []).filter(function (item, index, all) {
        return all[index - index % 2] !== storage;
    });
    return value === NOTHING ? rest : rest.concat([storage, value]);
}

function runIn(context, callback, receiver, args) {
    var before = tasks.context();
    tasks.setContext(context);
    try {
        return callback.apply(receiver, args);
    } finally {
        tasks.setContext(before);
    }
}

function rest(list, count) {
    return Array.prototype.slice.call(list, count);
}

// ---- AsyncLocalStorage ----------------------------------------------------------------------------

function AsyncLocalStorage() {
    if (!(this instanceof AsyncLocalStorage)) {
        throw new TypeError("Class constructor AsyncLocalStorage cannot be invoked without 'new'");
    }
    this._enabled = false;
    Object.defineProperty(this, '_enabled', { enumerable: false });
}

AsyncLocalStorage.bind = function bind(callback) {
    errors.requireFunction(callback, 'fn');
    return AsyncResource.bind(callback);
};

AsyncLocalStorage.snapshot = function snapshot() {
    var context = tasks.context();
    return function (callback) {
        return runIn(context, callback, undefined, rest(arguments, 1));
    };
};

AsyncLocalStorage.prototype.getStore = function getStore() {
    var value = this._enabled ? find(tasks.context(), this) : NOTHING;
    return value === NOTHING ? undefined : value;
};

AsyncLocalStorage.prototype.enterWith = function enterWith(store) {
    this._enabled = true;
    tasks.setContext(withStore(tasks.context(), this, store));
};

AsyncLocalStorage.prototype.run = function run(store, callback) {
    this._enabled = true;
    return runIn(withStore(tasks.context(), this, store), callback, undefined, rest(arguments, 2));
};

AsyncLocalStorage.prototype.exit = function exit(callback) {
    return runIn(withStore(tasks.context(), this, NOTHING), callback, undefined, rest(arguments, 1));
};

AsyncLocalStorage.prototype.disable = function disable() {
    this._enabled = false;
    tasks.setContext(withStore(tasks.context(), this, NOTHING));
};

// ---- AsyncResource --------------------------------------------------------------------------------

const STATE = Symbol('state');
var lastId = 1;
var current = 1;
var resource; // in whose scope this runs, if any

function AsyncResource(type, options) {
    if (!(this instanceof AsyncResource)) {
        throw new TypeError("Class constructor AsyncResource cannot be invoked without 'new'");
    }
    errors.requireString(type, 'type');
    var trigger = typeof options === 'number' ? options :
        options && options.triggerAsyncId !== undefined ? options.triggerAsyncId : current;
    if (typeof trigger !== 'number' || trigger < -1 || Math.floor(trigger) !== trigger) {
        throw errors.coded(RangeError, 'ERR_INVALID_ASYNC_ID', 'Invalid triggerAsyncId value: ' +
            require('inspect').inspect(trigger));
    }
    Object.defineProperty(this, STATE, { value: { id: ++lastId, trigger: trigger,
        context: tasks.context() } });
    tell('init', [this[STATE].id, type, trigger, this]);
}

AsyncResource.prototype.runInAsyncScope = function runInAsyncScope(callback, receiver) {
    var state = this[STATE];
    var before = current;
    var around = resource;
    current = state.id;
    resource = this;
    tell('before', [state.id]);
    try {
        return runIn(state.context, callback, receiver, rest(arguments, 2));
    } finally {
        tell('after', [state.id]);
        current = before;
        resource = around;
    }
};

AsyncResource.prototype.emitDestroy = function emitDestroy() {
    if (hooks.length > 0) {
        setImmediate(tell, 'destroy', [this[STATE].id]);
    }
    return this;
};

AsyncResource.prototype.asyncId = function asyncId() {
    return this[STATE].id;
};

AsyncResource.prototype.triggerAsyncId = function triggerAsyncId() {
    return this[STATE].trigger;
};

AsyncResource.prototype.bind = function bind(callback, receiver) {
    errors.requireFunction(callback, 'fn');
    var resource = this;
    var hasReceiver = arguments.length > 1 && receiver !== undefined;
    var bound = function () {
        return resource.runInAsyncScope.apply(resource,
            [callback, hasReceiver ? receiver : this].concat(rest(arguments, 0)));
    };
    Object.defineProperty(bound, 'length', { value: callback.length, configurable: true });
    return bound;
};

AsyncResource.bind = function bind(callback, type, receiver) {
    errors.requireFunction(callback, 'fn');
    return new AsyncResource(type || callback.name || 'bound-anonymous-fn').bind(callback, receiver);
};

// ---- hooks ----------------------------------------------------------------------------------------

// Hooks see AsyncResources and message ports: timers, ticks and promises of the runtime are not told
// of, but that a promise is resolved is, with the id 0.
var hooks = []; // that are enabled; replaced, never changed

function tell(what, args) {
    for (var i = 0, list = hooks; i < list.length; i++) {
        if (list[i]._callbacks[what] !== undefined) {
            list[i]._callbacks[what].apply(list[i], args);
        }
    }
}

function setHooks(list) {
    hooks = list;
    require('port_events').watch = list.length === 0 ? undefined : function (port) {
        tell('init', [++lastId, 'MESSAGEPORT', current, port]);
    };
    tasks.onResolve(list.some(function (hook) {
        return hook._callbacks.promiseResolve !== undefined;
    }) ? function () { tell('promiseResolve', [0]); } : undefined);
}

function AsyncHook(callbacks) {
    Object.defineProperty(this, '_callbacks', { value: callbacks });
}

AsyncHook.prototype.enable = function enable() {
    if (hooks.indexOf(this) < 0) {
        setHooks(hooks.concat([this]));
    }
    return this;
};

AsyncHook.prototype.disable = function disable() {
    if (hooks.indexOf(this) >= 0) {
        setHooks(hooks.filter(function (hook) { return hook !== this; }, this));
    }
    return this;
};

exports.AsyncLocalStorage = AsyncLocalStorage;
exports.createHook = function createHook(callbacks) {
    ['init', 'before', 'after', 'destroy', 'promiseResolve'].forEach(function (name) {
        if (callbacks[name] !== undefined && typeof callbacks[name] !== 'function') {
            throw errors.coded(TypeError, 'ERR_ASYNC_CALLBACK', 'hook.' + name + ' must be a function');
        }
    });
    return new AsyncHook(callbacks);
};
exports.executionAsyncId = function executionAsyncId() { return current; };
exports.triggerAsyncId = function triggerAsyncId() {
    return resource === undefined ? 0 : resource[STATE].trigger;
};
exports.executionAsyncResource = function executionAsyncResource() {
    return resource === undefined ? {} : resource;
};
exports.asyncWrapProviders = Object.freeze(Object.assign(Object.create(null), { NONE: 0 }));
exports.AsyncResource = AsyncResource;
