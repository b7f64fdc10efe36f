// An agent of test262: a worker with its own $262.agent (test262-host.js).
'use strict';
var wt = require('worker_threads');
var port = wt.workerData.port;
globalThis.$262 = {
    agent: {
        receiveBroadcast: function (callback) {
            port.once('message', function (buffer) { port.postMessage({ got: true }); callback(buffer); });
        },
        report: function (value) { port.postMessage({ report: String(value) }); },
        sleep: function (ms) { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms); },
        leaving: function () { port.close(); },
        monotonicNow: function () { return performance.now(); }
    }
};
(0, eval)(wt.workerData.script);
