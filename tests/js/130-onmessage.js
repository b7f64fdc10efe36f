// onmessage gets an event and starts the port; on('message') gets the value.
var MessageChannel = require('worker_threads').MessageChannel;
var channel = new MessageChannel();
channel.port2.onmessage = function (event) {
    console.log(event.type, event.data, event.target === channel.port2);
    channel.port2.onmessage = null;
    channel.port1.close();
};
channel.port1.postMessage({ a: 1 });
var other = new MessageChannel();
other.port1.postMessage('to once');
other.port1.postMessage('to nobody');
other.port2.once('message', function (value) {
    console.log(value);
    other.port1.close();
});
