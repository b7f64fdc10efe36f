// main only
// Workers are ended at any moment, also while they read a message with a port in it or make a channel:
// a port's other end hears of it each time, nothing is left behind, and the program ends.
var threads = require('worker_threads');

var code = "var t = require('worker_threads'); var c = new t.MessageChannel();" +
    "t.parentPort.postMessage(c.port1, [c.port1]); c.port2.on('message', function () {});";
var open = 0, closed = 0;

function once(delay) {
    var worker = new threads.Worker(code, { eval: true });
    worker.on('message', function (port) {
        var own = new threads.MessageChannel();
        open++;
        own.port2.on('message', function () {});
        own.port2.on('close', function () { closed++; });
        port.postMessage(own.port1, [own.port1]);
    });
    setTimeout(function () { worker.terminate(); }, delay);
}
for (var i = 0; i < 120; i++) {
    once(i % 12);
}

// In these nearly every moment lies within the making or the posting of a port.
var maker = "var t = require('worker_threads'); t.parentPort.postMessage(0);" +
    "for (;;) { var c = new t.MessageChannel(), d = new t.MessageChannel();" +
    "d.port1.postMessage(c.port1, [c.port1]); t.receiveMessageOnPort(d.port2); c.port2.close(); d.port1.close(); }";
for (var j = 0; j < 20; j++) {
    new threads.Worker(maker, { eval: true }).on('message', function () { this.terminate(); });
}
process.on('exit', function () { console.log(open === closed); });
