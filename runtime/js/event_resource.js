// EventEmitterAsyncResource of events: an emitter whose listeners run in its own asynchronous context.
'use strict';

const EventEmitter = require('events');
const errors = require('errors');
const AsyncResource = require('async_hooks').AsyncResource;

function EventEmitterAsyncResource(options) {
    if (!(this instanceof EventEmitterAsyncResource)) {
        throw errors.coded(TypeError, 'ERR_CONSTRUCT_CALL_REQUIRED',
            'Class constructor EventEmitterAsyncResource cannot be invoked without `new`');
    }
    var given = typeof options === 'string' ? { name: options } : options || {};
    if (this.constructor === EventEmitterAsyncResource && given.name === undefined) {
        throw errors.invalidType('options.name', 'of type string', given.name);
    }
    EventEmitter.call(this, given);
    var resource = new AsyncResource(given.name || this.constructor.name, given);
    Object.defineProperty(resource, 'eventEmitter', { value: this, configurable: true });
    Object.defineProperty(this, 'asyncResource', { value: resource, configurable: true });
}
EventEmitterAsyncResource.prototype = Object.create(EventEmitter.prototype, {
    constructor: { value: EventEmitterAsyncResource, writable: true, configurable: true }
});
Object.setPrototypeOf(EventEmitterAsyncResource, EventEmitter);

EventEmitterAsyncResource.prototype.emit = function emit() {
    var args = [EventEmitter.prototype.emit, this].concat(Array.prototype.slice.call(arguments));
    return this.asyncResource.runInAsyncScope.apply(this.asyncResource, args);
};

EventEmitterAsyncResource.prototype.emitDestroy = function emitDestroy() {
    this.asyncResource.emitDestroy();
};

['asyncId', 'triggerAsyncId'].forEach(function (name) {
    Object.defineProperty(EventEmitterAsyncResource.prototype, name, {
        configurable: true,
        get: function () { return this.asyncResource[name](); }
    });
});

module.exports = EventEmitterAsyncResource;
