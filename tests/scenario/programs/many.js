'use strict';
/* argv[2] workers, all of which get a message ten times a second. */
var wt = require('worker_threads');
var CODE = 'var p = require("worker_threads").parentPort; p.on("message", function (m) { p.postMessage(m); });';
var workers = [];
for (var i = 0; i < Number(process.argv[2]); i++) {
    workers.push(new wt.Worker(CODE, { eval: true, name: 'many-' + i }));
}
setInterval(function () {
    for (var i = 0; i < workers.length; i++) { workers[i].postMessage({ n: i }); }
}, 100);
