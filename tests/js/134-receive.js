// receiveMessageOnPort takes one message without the loop.
var threads = require('worker_threads');
var channel = new threads.MessageChannel();
console.log(threads.receiveMessageOnPort(channel.port2));
channel.port1.postMessage({ a: 1 });
channel.port1.postMessage(undefined);
console.log(threads.receiveMessageOnPort(channel.port2));
console.log(threads.receiveMessageOnPort(channel.port2));
console.log(threads.receiveMessageOnPort(channel.port2));
try {
    threads.receiveMessageOnPort({});
} catch (error) {
    console.log(error.name, error.code);
}
channel.port1.close();
