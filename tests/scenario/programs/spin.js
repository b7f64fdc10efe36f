'use strict';
/* A worker that never comes back; main ends it when the file argv[2] is there. */
var fs = require('fs');
var wt = require('worker_threads');
var worker = new wt.Worker(
    'var keep = []; for (var i = 0; i < 20000; i++) { keep.push({ n: i }); }' +
    'require("worker_threads").parentPort.postMessage("spinning"); for (;;) {}',
    { eval: true, name: 'spinner' });

worker.on('message', function (text) { console.log(text); });
worker.on('exit', function (code) { console.log('ended ' + code); });
var looks = setInterval(function () {
    if (fs.existsSync(process.argv[2])) {
        clearInterval(looks);
        worker.terminate();
        setTimeout(function () {}, 3000);
    }
}, 50);
