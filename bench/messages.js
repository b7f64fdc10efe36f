'use strict';
/*
 * What a small message costs. pingpong: { n: i } there and back, each side replying from its
 * 'message' listener, microseconds a round trip. oneway: the same message posted in bursts of 1000,
 * each burst acknowledged by one message, microseconds a message; its inverse is the rate.
 * Runs on isorun and on Node; argument 1 scales the number of messages.
 */
var wt = require('worker_threads');
var measure = require('./measure.js');

var BURST = 1000;

function serve() {
    var received = 0;

    wt.parentPort.on('message', function (message) {
        if (message.reply) {
            wt.parentPort.postMessage(message);
        } else if (++received % BURST === 0) {
            wt.parentPort.postMessage(received);
        }
    });
}

/* Calls done() after `count` replies; post() sends what a reply is awaited for. */
function replies(worker, count, post, done) {
    worker.removeAllListeners('message');
    worker.on('message', function () {
        if (--count === 0) {
            done();
        } else {
            post();
        }
    });
    post();
}

function ping(worker) {
    worker.postMessage({ n: 1, reply: true });
}

function burst(worker) {
    for (var i = 0; i < BURST; i++) {
        worker.postMessage({ n: i, reply: false });
    }
}

/* Ten samples of `count` replies after one that warms up; then done(). */
function sample(worker, name, count, messages, send, done) {
    var costs = [];
    var began;

    function next() {
        began = measure.now();
        replies(worker, count, function () { send(worker); }, finished);
    }
    function finished() {
        costs.push((measure.now() - began) / count / messages);
        if (costs.length <= 10) {
            return next();
        }
        costs.shift();
        measure.report({
            bench: 'messages', kind: name, size: 'small', messages: 10 * count * messages,
            p50_us: measure.round(measure.percentile(costs, 0.5)),
            min_us: measure.round(measure.percentile(costs, 0))
        });
        return done();
    }
    next();
}

function main() {
    var scale = Number(process.argv[2] || 1);
    var worker = new wt.Worker(__filename);

    worker.on('online', function () {
        sample(worker, 'pingpong', Math.ceil(2000 * scale), 1, ping, function () {
            sample(worker, 'oneway', Math.ceil(10 * scale), BURST, burst, function () {
                worker.terminate();
            });
        });
    });
}

if (wt.isMainThread) {
    main();
} else {
    serve();
}
