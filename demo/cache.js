'use strict';
/* A cache with an upper bound: grows at first, then holds. */
var port = require('worker_threads').parentPort;
var entries = {};
var order = [];

port.on('message', function (job) {
    for (var i = 0; i < 20; i++) {
        var key = 'k' + (job.number * 20 + i);
        entries[key] = { value: key, at: Date.now() };
        order.push(key);
        if (order.length > 2000) {
            delete entries[order.shift()];
        }
    }
    port.postMessage({ size: order.length });
});
