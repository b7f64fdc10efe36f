// main only
// A port closed by its owner delivers nothing more, and a port that waited in it is closed too: the
// program ends. From a listener of its own, what came together is delivered.
var threads = require('worker_threads');

var outer = new threads.MessageChannel();
var inner = new threads.MessageChannel();
inner.port2.on('message', function () { console.log('never'); });
inner.port2.on('close', function () { console.log('the inner one is closed'); });
outer.port1.postMessage(inner.port1, [inner.port1]);
function closeOuter() { outer.port2.close(); }

var late = new threads.MessageChannel();
late.port2.on('message', function () { console.log('never'); });
setTimeout(function () {
    late.port1.postMessage(1);
    late.port2.close();
}, 10);

var own = new threads.MessageChannel();
own.port1.postMessage('one');
own.port1.postMessage('two');
own.port2.on('message', function (message) {
    console.log('own', message);
    own.port2.close();
});
own.port2.on('close', function () { setTimeout(closeOuter, 20); });
