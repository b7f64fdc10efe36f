// EventEmitter, as Node does it.
var assert = require('assert');
var EventEmitter = require('events');
var log = [];
var emitter = new EventEmitter();
emitter.on('newListener', function (name) { log.push('new ' + String(name)); });
emitter.on('removeListener', function (name) { log.push('removed ' + String(name)); });
function a(x, y) { log.push('a ' + x + y + (this === emitter)); }
emitter.on('e', a);
emitter.once('e', function once() { log.push('once'); });
emitter.prependListener('e', function first() { log.push('first'); });
emitter.prependOnceListener('e', function () { log.push('first once'); });
assert.strictEqual(emitter.emit('e', 1, 2), true);
assert.strictEqual(emitter.emit('e', 3, 4), true);
assert.strictEqual(emitter.emit('none'), false);
assert.strictEqual(emitter.listenerCount('e'), 2);
assert.deepStrictEqual(emitter.eventNames(), ['newListener', 'removeListener', 'e']);
assert.strictEqual(emitter.off('e', a), emitter);
assert.strictEqual(emitter.listenerCount('e', a), 0);
var wrapped = function () {};
emitter.once('w', wrapped);
assert.deepStrictEqual(emitter.listeners('w'), [wrapped]);
assert.strictEqual(emitter.rawListeners('w')[0].listener, wrapped);
emitter.removeListener('w', wrapped);
assert.strictEqual(emitter.listenerCount('w'), 0);
emitter.on('self', function self() {
    emitter.off('self', self);
    emitter.on('self', function () { log.push('added during emit'); });
});
emitter.emit('self');
emitter.removeAllListeners('e');
emitter.removeAllListeners();
assert.deepStrictEqual(emitter.eventNames(), []);
console.log(log.join('\n'));

assert.throws(function () { emitter.emit('error', new RangeError('mine')); }, /^RangeError: mine$/);
assert.throws(function () { emitter.emit('error', { a: 1 }); },
    { code: 'ERR_UNHANDLED_ERROR', message: 'Unhandled error. ({ a: 1 })' });
assert.throws(function () { emitter.emit('error'); }, { code: 'ERR_UNHANDLED_ERROR' });
emitter.on(EventEmitter.errorMonitor, function (error) { console.log('monitor', error.message); });
assert.throws(function () { emitter.emit('error', new Error('watched')); }, /watched/);
emitter.on('error', function (error) { console.log('handled', error.message); });
assert.strictEqual(emitter.emit('error', new Error('again')), true);
assert.throws(function () { emitter.on('x', 5); }, { code: 'ERR_INVALID_ARG_TYPE',
    message: 'The "listener" argument must be of type function. Received type number (5)' });
assert.throws(function () { emitter.setMaxListeners(-1); }, { code: 'ERR_OUT_OF_RANGE' });
assert.strictEqual(emitter.getMaxListeners(), EventEmitter.defaultMaxListeners);

function Old() { EventEmitter.call(this); }
require('util').inherits(Old, EventEmitter);
var old = new Old();
old.on('x', function () { console.log('inherited'); });
old.emit('x');
var symbol = Symbol('s');
old.on(symbol, function () {});
assert.strictEqual(old.eventNames()[1], symbol);
