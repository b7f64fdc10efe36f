// Channels and ports are served in the order in which they were made, each with all that waits; a channel that is closed gets no more.
var threads = require('worker_threads');
var log = [];
function note(text) {
    log.push(text);
    if (log.length === 13) { setImmediate(finish); }
}
var a = new threads.BroadcastChannel('570'), b = new threads.BroadcastChannel('570'), c = new threads.BroadcastChannel('570');
[a, b, c].forEach(function (channel, i) {
    channel.onmessage = function (event) {
        note('abc'[i] + ' got ' + event.data);
        if (channel === b && event.data === 'first') {
            b.close();
        }
    };
});
c.postMessage('from c');
a.postMessage('first');
b.postMessage('from b');
a.postMessage('last');

var ports = [];
for (var i = 0; i < 5; i++) {
    ports.push(new threads.MessageChannel());
}
ports.forEach(function (pair, i) {
    pair.port1.on('message', function (value) { note('port ' + i + ' ' + value); });
});
[3, 1, 4, 0, 2, 1].forEach(function (i) { ports[i].port2.postMessage('x'); });

function finish() {
    console.log(log);
    a.close();
    c.close();
    ports.forEach(function (pair) { pair.port2.close(); });
}
