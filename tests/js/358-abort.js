// Event, EventTarget, AbortController and AbortSignal: dispatch, options, errors, how they look.
function show(label, run) {
    try { console.log(label, run()); } catch (error) { console.log(label, error.name, error.code, error.message); }
}
var target = new EventTarget();
var log = [];
function listener(event) { log.push(event.type + (this === target) + event.eventPhase + (event.currentTarget === target) + event.composedPath().length); }
target.addEventListener('a', listener);
target.addEventListener('a', listener);
target.addEventListener('a', listener, { capture: true });
target.addEventListener('a', { handleEvent: function (event) { log.push('object ' + (this !== target)); } }, { once: true });
target.addEventListener('a', function () { target.removeEventListener('a', later); log.push('removes'); }, { once: true });
function later() { log.push('never'); }
target.addEventListener('a', later);
console.log(target.dispatchEvent(new Event('a')), log.splice(0));
console.log(target.dispatchEvent(new Event('a')), log.splice(0));
target.addEventListener('b', function (event) { event.preventDefault(); event.stopImmediatePropagation(); });
target.addEventListener('b', function () { log.push('never'); });
var event = new Event('b', { cancelable: true });
console.log(target.dispatchEvent(event), event.defaultPrevented, event.returnValue, event.cancelBubble, log, event.target === target, event.currentTarget);
console.log(target.dispatchEvent(new Event('b')), new CustomEvent('c', { detail: { x: 1 } }).detail, new CustomEvent('c').detail);
console.log(Object.prototype.toString.call(event), new Event('x') instanceof Event, new CustomEvent('x') instanceof Event, Object.keys(event), event.isTrusted, Event.AT_TARGET);
console.log(target, { target: target }, String(new Event('q')));
console.log(require('util').inspect(new Event('q')).replace(/timeStamp: [\d.]+/, 'timeStamp: N'));
[function () { return new Event(); }, function () { return new Event(Symbol('s')); }, function () { return new Event('x', 5); }, function () { return target.addEventListener('x'); }, function () { return target.addEventListener('x', 5); },
    function () { return target.dispatchEvent(5); }, function () { return Event.prototype.type; }, function () { return EventTarget(); }, function () { return new AbortSignal(); }, function () { return AbortSignal.timeout('a'); },
    function () { return AbortSignal.timeout(-1); }, function () { return AbortSignal.any(5); }, function () { return AbortSignal.any([5]); }, function () { return AbortSignal.prototype.aborted; }].forEach(function (run, index) { show(index, run); });
var controller = new AbortController();
var signal = controller.signal;
console.log(controller, signal, signal.aborted, signal.reason, signal === controller.signal, signal.onabort);
var any = AbortSignal.any([signal, new AbortController().signal]);
var anyOfAny = AbortSignal.any([any]);
signal.onabort = function (e) { console.log('onabort', e.type, e.isTrusted, this === signal, any.aborted); };
signal.addEventListener('abort', function () { console.log('listener'); });
any.addEventListener('abort', function () { console.log('any', any.reason === signal.reason); });
anyOfAny.addEventListener('abort', function () { console.log('any of any', anyOfAny.reason === signal.reason); });
controller.abort();
controller.abort(5);
console.log(signal.aborted, signal.reason.name, signal.reason.message, signal.reason.code, signal.reason instanceof Error, signal.reason instanceof DOMException, Object.prototype.toString.call(signal.reason));
show('throwIfAborted', function () { signal.throwIfAborted(); });
show('reason', function () { return [AbortSignal.abort().reason.message, AbortSignal.abort('why').reason, AbortSignal.any([AbortSignal.abort(7)]).reason]; });
signal = AbortSignal.timeout(1);
signal.addEventListener('abort', function () { console.log('timeout', signal.reason.name, signal.reason.message, signal.reason.code); });
setTimeout(function () {}, 50);
console.log(new DOMException('m', 'DataCloneError').code, new DOMException().name, new DOMException('m', { name: 'N', cause: 1 }).cause, DOMException.ABORT_ERR, new DOMException('m').stack.split('\n')[0], Object.keys(new DOMException('m')));
target.addEventListener('signal', function () { console.log('never'); }, { signal: AbortSignal.abort() });
var c2 = new AbortController();
target.addEventListener('signal', function () { console.log('once only'); c2.abort(); }, { signal: c2.signal });
target.dispatchEvent(new Event('signal'));
target.dispatchEvent(new Event('signal'));
process.on('uncaughtException', function (error) { console.log('uncaught', error.message); });
target.addEventListener('t', function () { throw new Error('from a listener'); });
target.addEventListener('t', function () { console.log('runs all the same'); });
target.dispatchEvent(new Event('t'));
console.log('after');
