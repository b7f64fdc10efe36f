// main only
// Workers are ended at any moment, also while they read a message with a port in it: the port's other
// end hears of it each time, and the program ends.
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
process.on('exit', function () { console.log(open === closed); });
