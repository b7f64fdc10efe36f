'use strict';
/* Fills a template: short strings that die young. */
var port = require('worker_threads').parentPort;

port.on('message', function (job) {
    var lines = [];
    for (var i = 0; i < 200; i++) {
        lines.push('Dear customer ' + i + ', your order ' + (job.number * 200 + i) + ' is ready.');
    }
    port.postMessage({ bytes: lines.join('\n').length });
});
