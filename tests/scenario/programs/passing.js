// A worker that ends by itself once the file `pass` is in the directory argv[2].
'use strict';
var threads = require('worker_threads');
var fs = require('fs');

if (threads.isMainThread) {
    new threads.Worker(__filename, { name: 'passing', workerData: process.argv[2] + '/pass' });
    setInterval(function () {}, 1000);
} else {
    setInterval(function () {
        if (fs.existsSync(threads.workerData)) {
            process.exit();
        }
    }, 50);
}
