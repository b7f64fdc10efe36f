'use strict';
/* Workers that answer messages for ever, as fast as they can. */
var wt = require('worker_threads');
if (wt.isMainThread) {
    for (var i = 0; i < 3; i++) {
        drive(new wt.Worker(__filename, { name: 'busy-' + i }));
    }
} else {
    wt.parentPort.on('message', function (message) { wt.parentPort.postMessage(message); });
}
function drive(worker) {
    worker.on('message', function (message) { worker.postMessage({ n: message.n + 1 }); });
    worker.postMessage({ n: 0 });
}
