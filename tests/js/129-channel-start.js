// A channel within one isolate: messages wait for start, keep their order, and close reaches both ends.
var threads = require('worker_threads');
var channel = new threads.MessageChannel();
var log = [];
channel.port1.postMessage('first');
channel.port1.postMessage({ second: [2] });
channel.port2.on('close', function () { console.log('port2 close'); });
channel.port1.on('close', function () { console.log('port1 close'); });
channel.port1.on('message', function () {});
setTimeout(function () {
    console.log('listening');
    channel.port2.on('message', function (value) {
        console.log(value);
        if (value === 'last') {
            channel.port2.close();
        }
    });
    channel.port1.postMessage('last');
}, 5);
console.log(channel.port1 instanceof threads.MessagePort);
try {
    new threads.MessagePort();
} catch (error) {
    console.log(error.name, error.code);
}
