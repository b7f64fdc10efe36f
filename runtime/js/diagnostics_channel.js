// diagnostics_channel: named channels; publishing to one nobody listens to costs next to nothing.
'use strict';

const errors = require('errors');
const channels = Object.create(null);

function Channel(name) {
    this._subscribers = [];
    this._stores = [];
    this.name = name;
}

Object.defineProperty(Channel.prototype, 'hasSubscribers', { configurable: true,
    get: function () { return this._subscribers.length > 0 || this._stores.length > 0; } });

Channel.prototype.subscribe = function subscribe(subscriber) {
    errors.requireFunction(subscriber, 'subscription');
    this._subscribers = this._subscribers.concat([subscriber]);
};

Channel.prototype.unsubscribe = function unsubscribe(subscriber) {
    var at = this._subscribers.indexOf(subscriber);
    if (at >= 0) {
        this._subscribers = this._subscribers.slice(0, at).concat(this._subscribers.slice(at + 1));
    }
    return at >= 0;
};

Channel.prototype.publish = function publish(data) {
    var list = this._subscribers;
    for (var i = 0; i < list.length; i++) {
        try {
            list[i](data, this.name);
        } catch (error) {
            later(error);
        }
    }
};

function later(error) {
    process.nextTick(function () { throw error; });
}

Channel.prototype.bindStore = function bindStore(store, transform) {
    this.unbindStore(store);
    this._stores.push({ store: store, transform: transform });
};

Channel.prototype.unbindStore = function unbindStore(store) {
    var before = this._stores.length;
    this._stores = this._stores.filter(function (entry) { return entry.store !== store; });
    return this._stores.length < before;
};

Channel.prototype.runStores = function runStores(data, callback, receiver) {
    var channel = this;
    var args = Array.prototype.slice.call(arguments, 3);
    var run = this._stores.reduce(function (inner, entry) {
        return function () {
            return entry.store.run(entry.transform ? entry.transform(data) : data, inner);
        };
    }, function () {
        channel.publish(data);
        return callback.apply(receiver, args);
    });
    return run();
};

function channel(name) {
    if (typeof name !== 'string' && typeof name !== 'symbol') {
        throw errors.invalidType('channel', 'one of type string or symbol', name);
    }
    if (channels[name] === undefined) {
        channels[name] = new Channel(name);
    }
    return channels[name];
}

// ---- tracing --------------------------------------------------------------------------------------

const EVENTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'];

function TracingChannel(source) {
    var self = this;
    EVENTS.forEach(function (name) {
        self[name] = typeof source === 'string' ? channel('tracing:' + source + ':' + name) :
            source[name];
    });
}

Object.defineProperty(TracingChannel.prototype, 'hasSubscribers', { configurable: true,
    get: function () {
        var self = this;
        return EVENTS.some(function (name) { return self[name].hasSubscribers; });
    } });

['subscribe', 'unsubscribe'].forEach(function (verb) {
    TracingChannel.prototype[verb] = function (handlers) {
        var self = this;
        return EVENTS.filter(function (name) { return handlers[name]; }).map(function (name) {
            return self[name][verb](handlers[name]);
        }).every(function (done) { return done !== false; });
    };
});

TracingChannel.prototype.traceSync = function traceSync(method, context, receiver) {
    var self = this;
    var args = Array.prototype.slice.call(arguments, 3);
    context = context || {};
    return self.start.runStores(context, function () {
        try {
            context.result = method.apply(receiver, args);
            return context.result;
        } catch (error) {
            context.error = error;
            self.error.publish(context);
            throw error;
        } finally {
            self.end.publish(context);
        }
    });
};

TracingChannel.prototype.tracePromise = function tracePromise(method, context, receiver) {
    var self = this;
    var args = Array.prototype.slice.call(arguments, 3);
    context = context || {};
    function over(field, isError) {
        return function (value) {
            context[field] = value;
            if (isError) {
                self.error.publish(context);
            }
            self.asyncStart.publish(context);
            self.asyncEnd.publish(context);
            return isError ? Promise.reject(value) : value;
        };
    }
    return self.start.runStores(context, function () {
        try {
            return Promise.resolve(method.apply(receiver, args))
                .then(over('result', false), over('error', true));
        } catch (error) {
            context.error = error;
            self.error.publish(context);
            throw error;
        } finally {
            self.end.publish(context);
        }
    });
};

exports.channel = channel;
exports.hasSubscribers = function hasSubscribers(name) {
    return channels[name] !== undefined && channels[name].hasSubscribers;
};
exports.subscribe = function subscribe(name, subscriber) {
    channel(name).subscribe(subscriber);
};
exports.tracingChannel = function tracingChannel(source) {
    return new TracingChannel(source);
};
exports.unsubscribe = function unsubscribe(name, subscriber) {
    return channel(name).unsubscribe(subscriber);
};
exports.Channel = Channel;
