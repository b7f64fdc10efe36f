// main only: the warning is Node's own
// A port sent through its own channel is lost with it; nothing else is disturbed.
var MessageChannel = require('worker_threads').MessageChannel;
var channel = new MessageChannel();
channel.port1.on('close', function () { console.log('closed'); });
channel.port1.postMessage(channel.port2, [channel.port2]);
channel.port1.on('message', function () { console.log('not reached'); });
