// What ports and their methods refuse, and in which words.
var threads = require('worker_threads');
var channel = new threads.MessageChannel();
var port = channel.port1;
function refuse(call) {
    try { console.log(call()); } catch (error) {
        console.log(error.name, error.code, error.message);
    }
}
var buffer = new ArrayBuffer(8);
var other = new threads.MessageChannel();
[
    function () { return new threads.MessagePort(); },
    function () { return threads.MessageChannel(); },
    function () { return port.postMessage(); },
    function () { return port.postMessage(1, 1); },
    function () { return port.postMessage(1, { transfer: 1 }); },
    function () { return port.postMessage(1, [1]); },
    function () { return port.postMessage(1, [{}]); },
    function () { return port.postMessage(1, [new Uint8Array(8)]); },
    function () { return port.postMessage(1, [new SharedArrayBuffer(8)]); },
    function () { return port.postMessage(1, [port]); },
    function () { return port.postMessage(other.port1); },
    function () { return port.postMessage(1, [buffer, buffer]); },
    function () { return port.postMessage(1, [other.port1, other.port1]); },
    function () { return port.postMessage(Symbol('x')); },
    function () { return port.postMessage({ f: Math.max }); },
    function () { return threads.receiveMessageOnPort({}); },
    function () { return threads.receiveMessageOnPort(); },
    function () { return threads.moveMessagePortToContext({}); },
    function () { return threads.moveMessagePortToContext(port, {}); },
    function () { return threads.MessagePort.prototype.postMessage.call({}, 1); },
    function () { return threads.MessagePort.prototype.close.call({}); },
    function () { return threads.MessagePort.prototype.ref.call({}); },
    function () { return threads.MessagePort.prototype.hasRef.call({}); },
    function () { return threads.markAsUntransferable(1); },
    function () { threads.markAsUntransferable(buffer); port.postMessage(1, [buffer]); return buffer.byteLength; },
    function () { threads.markAsUntransferable(other.port1); return port.postMessage(other.port1, [other.port1]); },
    function () { port.close(); return port.postMessage(1); },
    function () { return port.postMessage(Math.min); },
    function () { return port.start(); },
    function () { return threads.receiveMessageOnPort(port); }
].forEach(refuse);
