'use strict';
/* Three workers that get a message each every 50 ms and keep nothing. */
var wt = require('worker_threads');
if (wt.isMainThread) {
    for (var i = 0; i < 3; i++) {
        drive(new wt.Worker(__filename, { name: 'steady-' + i }));
    }
} else {
    wt.parentPort.on('message', function (message) {
        var made = [];
        for (var i = 0; i < 200; i++) { made.push({ n: i }); }
        wt.parentPort.postMessage({ n: message.n, made: made.length });
    });
}
function drive(worker) {
    var n = 0;
    setInterval(function () { worker.postMessage({ n: n++, text: 'some words' }); }, 50);
}
