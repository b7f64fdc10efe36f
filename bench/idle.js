'use strict';
/* Resident memory of an idle worker: the process before and after N of them. isorun and Node. */
var wt = require('worker_threads');
var measure = require('./measure.js');

var IDLE = 'var p = require("worker_threads").parentPort; p.on("message", function () {}); p.postMessage(1);';
var count = Number(process.argv[2] || 50);
var before = process.memoryUsage().rss;
var workers = [];

function next() {
    if (workers.length < count) {
        var worker = new wt.Worker(IDLE, { eval: true });
        workers.push(worker);
        worker.once('message', next);
        return;
    }
    setTimeout(function () {
        var after = process.memoryUsage().rss;
        measure.report({
            bench: 'idle_rss', workers: count,
            kb_per_worker: measure.round((after - before) / count / 1024)
        });
        process.exit(0);
    }, 500);
}
next();
