// moveMessagePortToContext refuses what is no port and what is no context.
var threads = require('worker_threads');
var channel = new threads.MessageChannel();
[[5, {}], [null, {}], [channel.port1, {}], [channel.port1, 5]].forEach(function (list) {
    try {
        threads.moveMessagePortToContext(list[0], list[1]);
    } catch (error) {
        console.log(error.name, error.code, error.message);
    }
});
console.log(channel.port1 instanceof threads.MessagePort);
channel.port1.once('message', function (value) { console.log(value); });
channel.port2.postMessage('still open');
