// receiveMessageOnPort: what waits, in order, without a turn of the loop; ports and buffers come along.
var threads = require('worker_threads');
var channel = new threads.MessageChannel();
var inner = new threads.MessageChannel();
console.log(threads.receiveMessageOnPort(channel.port2));
channel.port1.postMessage(undefined);
channel.port1.postMessage({ a: 1 });
var bytes = new Uint8Array([1, 2, 3]);
channel.port1.postMessage({ port: inner.port1, bytes: bytes }, [inner.port1, bytes.buffer]);
console.log(bytes.length);
console.log(threads.receiveMessageOnPort(channel.port2));
console.log(threads.receiveMessageOnPort(channel.port2));
var received = threads.receiveMessageOnPort(channel.port2).message;
console.log(received.bytes, received.port instanceof threads.MessagePort);
received.port.postMessage('through');
console.log(threads.receiveMessageOnPort(inner.port2));
console.log(threads.receiveMessageOnPort(channel.port2));
channel.port2.on('message', function (value) {
    console.log('listener', value);
    console.log(threads.receiveMessageOnPort(channel.port2));
    channel.port2.close();
});
channel.port1.postMessage('a');
channel.port1.postMessage('b');
