'use strict';
/* A worker that never comes back; main ends it when a line is due. argv[2]: seconds until then. */
var wt = require('worker_threads');
var worker = new wt.Worker(
    'var keep = []; for (var i = 0; i < 20000; i++) { keep.push({ n: i }); }' +
    'require("worker_threads").parentPort.postMessage("spinning"); for (;;) {}',
    { eval: true, name: 'spinner' });

worker.on('message', function (text) { console.log(text); });
worker.on('exit', function (code) { console.log('ended ' + code); });
setTimeout(function () { worker.terminate(); }, Number(process.argv[2]) * 1000);
setTimeout(function () {}, Number(process.argv[2]) * 1000 + 3000);
