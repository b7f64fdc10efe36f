// A port is an EventTarget, its events are Events, and inspect() says whether it is open and held.
var threads = require('worker_threads');
var inspect = require('util').inspect;
var channel = new threads.MessageChannel();
var port = channel.port1;
function kinds(event) {
    return [event.type, event instanceof Event, event instanceof MessageEvent, event.eventPhase, event.bubbles, event.cancelable,
        event.composed, event.isTrusted, event.defaultPrevented, event.target === port, event.currentTarget === port,
        event.srcElement === port, event.composedPath().length, typeof event.timeStamp, event.returnValue];
}
function head(value) { return inspect(value).replace(/[,\s]+\[Symbol[^]*/, ' }').replace(/\s+/g, ' '); }
console.log(port instanceof EventTarget, port instanceof threads.MessagePort, port instanceof MessagePort,
    Object.prototype.toString.call(port), EventTarget.prototype.isPrototypeOf(threads.MessagePort.prototype));
console.log(port.hasRef(), head(port), inspect({ a: { b: { c: port } } }));
port.ref();
console.log(port.hasRef(), head(port));
port.unref();

port.addEventListener('own', function (event) { console.log('own', kinds(event)); });
console.log(port.dispatchEvent(new Event('own')), port.dispatchEvent(new Event('unheard')));
port.addEventListener('stop', function (event) { event.stopImmediatePropagation(); event.preventDefault(); });
port.addEventListener('stop', function () { console.log('not reached'); });
console.log(port.dispatchEvent(new Event('stop', { cancelable: true })));
['x', null, { type: 'x' }].forEach(function (event) {
    try { port.dispatchEvent(event); } catch (error) { console.log(error.name, error.code, error.message); }
});
var again = new Event('again');
port.addEventListener('again', function () {
    try { port.dispatchEvent(again); } catch (error) { console.log(error.code, error.message); }
});
port.dispatchEvent(again);

port.addEventListener('message', function (event) {
    console.log('message', kinds(event), event.data, event.ports.length, event.origin, event.lastEventId, event.source);
    port.close();
    console.log(port.hasRef());
});
port.on('close', function () {
    console.log('close', port.hasRef(), head(port));
    setImmediate(function () { console.log('after', port.hasRef(), head(port)); });
});
port.start();
port.ref();
channel.port2.postMessage({ a: 1 });
