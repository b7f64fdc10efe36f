// An unhandled rejection in a worker is an error event on its parent.
'use strict';

const threads = require('worker_threads');

if (threads.workerData === 'reject') {
    Promise.reject(new TypeError('in the worker'));
    setTimeout(function () {}, 1000);
} else {
    var worker = new threads.Worker(__filename, { workerData: 'reject' });
    worker.on('error', function (error) {
        console.log('error', error.name, error.message);
    });
    worker.on('exit', function (code) {
        console.log('exit', code);
    });
}
