// A worker that ends by itself after some seconds.
'use strict';
var threads = require('worker_threads');

if (threads.isMainThread) {
    new threads.Worker(__filename, { name: 'passing' });
    setInterval(function () {}, 1000);
} else {
    setTimeout(function () { process.exit(); }, 4000);
}
