// isorun only: Node sends a detached buffer that nobody can read
// A buffer or port that was moved before cannot be moved again, and nothing else is harmed.
var threads = require('worker_threads');
var channel = new threads.MessageChannel();
var other = new threads.MessageChannel();
var buffer = new ArrayBuffer(40);
var view = new Uint32Array(buffer);
view[0] = 0x12345678;
channel.port1.postMessage({ view: view, port: other.port1 }, [buffer, other.port1]);
[
    function () { channel.port1.postMessage(view, [buffer]); },
    function () { channel.port1.postMessage(view); },
    function () { channel.port1.postMessage(1, [other.port1]); }
].forEach(function (call) {
    try { call(); console.log('accepted'); } catch (error) { console.log(error.name, error.code, error.message); }
});
var received = threads.receiveMessageOnPort(channel.port2).message;
console.log(received.view[0], received.view.length, buffer.byteLength, threads.receiveMessageOnPort(channel.port2));
