// Ports have events and targets of their own, which cost less than the public ones. When both are
// loaded they become kinds of the public ones.
'use strict';

const ports = require('port_events');
const targets = require('event_target');
const AT_TARGET = 2;

Object.setPrototypeOf(ports.EventTarget.prototype, targets.EventTarget.prototype);
Object.setPrototypeOf(ports.EventTarget, targets.EventTarget);
Object.setPrototypeOf(ports.Event.prototype, targets.Event.prototype);
Object.setPrototypeOf(ports.Event, targets.Event);

// What the public methods ask of an event.
Object.defineProperty(ports.Event.prototype, targets.STATE, { configurable: true, get: function () {
    return { type: this.type, target: this.target, timeStamp: this.timeStamp, isDispatching: true,
        isStopped: this._isStopped === true, isPropagating: true, isPrevented: false, bubbles: false,
        cancelable: false, composed: false, isTrusted: false };
} });
Object.defineProperty(ports.Event.prototype, 'eventPhase', { value: AT_TARGET, configurable: true });
