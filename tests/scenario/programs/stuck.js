// A worker that sleeps in a native and never comes to a safe point.
'use strict';
var threads = require('worker_threads');
var Worker = threads.Worker, isMainThread = threads.isMainThread;

if (isMainThread) {
    new Worker(__filename, { name: 'stuck' });
    setInterval(function () {}, 1000);
} else {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
