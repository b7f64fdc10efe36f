'use strict';
/*
 * What a message costs, by kind and size: from the postMessage() call until the receiver has read the
 * first byte (latency), and how long the sender stood still (blocked). The sender waits for an
 * acknowledgement in shared memory between messages; both sides sleep, neither spins.
 * Runs on isorun and on Node; argument 1 scales the number of messages.
 */
var wt = require('worker_threads');
var measure = require('./measure.js');

var ACK = 0;

function receive() {
    var control = new Int32Array(wt.workerData.control);
    var stamps = new Float64Array(wt.workerData.stamps);
    var sink = 0;

    wt.parentPort.on('message', function (message) {
        var value = message.value;
        if (typeof value === 'string') {
            sink += value.charCodeAt(0);
        } else if (Array.isArray(value)) {
            sink += typeof value[0] === 'number' ? value[0] : value[0].id;
        } else if (value instanceof Uint8Array) {
            sink += value[0];
        } else {
            sink += new Uint8Array(value)[0];
        }
        stamps[0] = measure.now();
        Atomics.add(control, ACK, 1);
        Atomics.notify(control, ACK, 1);
    });
}

function repeat(count, make) {
    var list = [];
    for (var i = 0; i < count; i++) {
        list.push(make(i));
    }
    return list;
}

/* Values of about `bytes` when serialized. */
var kinds = {
    numbers: function (bytes) {
        return { value: repeat(Math.floor(bytes / 9), Math.random) };
    },
    objects: function (bytes) {
        return {
            value: repeat(Math.floor(bytes / 52), function (i) {
                return { id: i, name: 'item' + i, value: i * 0.37, ok: true };
            })
        };
    },
    string: function (bytes) {
        return { value: new Array(bytes).join('x') + Math.floor(Math.random() * 9) };
    },
    uint8array: function (bytes) {
        return { value: new Uint8Array(bytes) };
    },
    transfer: function (bytes) {
        var buffer = new ArrayBuffer(bytes);
        return { value: buffer, list: [buffer] };
    },
    shared: function (bytes) {
        return { value: new SharedArrayBuffer(bytes) };
    }
};

function send() {
    var control = new Int32Array(new SharedArrayBuffer(64));
    var stamps = new Float64Array(new SharedArrayBuffer(64));
    var scale = Number(process.argv[2] || 1);
    var sizes = [['100KB', 100000, 200], ['1MB', 1000000, 60], ['10MB', 10000000, 12]];
    var worker = new wt.Worker(__filename, {
        workerData: { control: control.buffer, stamps: stamps.buffer },
        resourceLimits: { maxOldGenerationSizeMb: 2048 }
    });

    function once(message) {
        var seen = Atomics.load(control, ACK);
        var posted = measure.now();
        worker.postMessage({ value: message.value }, message.list);
        var blocked = measure.now() - posted;
        while (Atomics.load(control, ACK) === seen) {
            Atomics.wait(control, ACK, seen);
        }
        return { latency: stamps[0] - posted, blocked: blocked };
    }

    function run(kind, size, count) {
        var latency = [], blocked = [];
        var isFresh = kind === 'transfer';
        var message = kinds[kind](size[1]);
        for (var i = -3; i < count; i++) {
            var result = once(isFresh ? kinds[kind](size[1]) : message);
            if (i >= 0) {
                latency.push(result.latency);
                blocked.push(result.blocked);
            }
        }
        measure.report({
            bench: 'latency', kind: kind, size: size[0], messages: count,
            p50_us: measure.round(measure.percentile(latency, 0.5)),
            min_us: measure.round(measure.percentile(latency, 0)),
            blocked_p50_us: measure.round(measure.percentile(blocked, 0.5))
        });
    }

    worker.on('online', function () {
        sizes.forEach(function (size) {
            Object.keys(kinds).forEach(function (kind) {
                run(kind, size, Math.max(5, Math.floor(size[2] * scale)));
            });
        });
        worker.terminate();
    });
}

if (wt.isMainThread) {
    send();
} else {
    receive();
}
