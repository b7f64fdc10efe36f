'use strict';
/*
 * A small service of a dozen workers that misbehave in the ways Isoscope is made to show: one keeps
 * 1.5 MB more after every job, one gets big messages cloned, one hands buffers over by transfer, two
 * look at one shared buffer, one spins now and then, the rest do honest work.
 */
var path = require('path');
var wt = require('worker_threads');

var MB = 1024 * 1024;
var shared = new SharedArrayBuffer(80 * MB);
touch(new Uint8Array(shared)); // resident

/* What runs: the file in this folder, how often it gets a job, what a job carries. */
var roles = [
    { name: 'thumb-1', file: 'thumbnail.js', every: 250 },
    { name: 'thumb-2', file: 'thumbnail.js', every: 300 },
    { name: 'thumb-3', file: 'leak.js', every: 300, limits: { maxOldGenerationSizeMb: 256 } },
    { name: 'thumb-4', file: 'thumbnail.js', every: 350 },
    { name: 'import-1', file: 'import.js', every: 500, job: bigMessage },
    { name: 'video-1', file: 'video.js', every: 400, job: frameBuffer },
    { name: 'index-1', file: 'index.js', every: 700, data: { shared: shared } },
    { name: 'index-2', file: 'index.js', every: 900, data: { shared: shared } },
    { name: 'report-1', file: 'report.js', every: 3000 },
    { name: 'mail-1', file: 'mail.js', every: 200 },
    { name: 'mail-2', file: 'mail.js', every: 220 },
    { name: 'cache-1', file: 'cache.js', every: 150 }
];

/* Writes to every page, as work on the whole of it would. */
function touch(bytes) {
    for (var i = 0; i < bytes.length; i += 4096) {
        bytes[i] = 1;
    }
}

/* About 2 MB of rows: cloned, every time. */
function bigMessage() {
    var rows = [];
    for (var i = 0; i < 4000; i++) {
        rows.push({ id: i, title: 'row number ' + i, price: i * 0.25, tags: ['a', 'b', 'c'] });
    }
    return { value: { rows: rows, image: new Uint8Array(1536 * 1024) } };
}

/* 8 MB that move instead of being copied. */
function frameBuffer() {
    var buffer = new ArrayBuffer(8 * MB);
    return { value: { frame: buffer }, transfer: [buffer] };
}

function start(role) {
    var worker = new wt.Worker(path.join(__dirname, role.file), {
        name: role.name,
        workerData: role.data,
        resourceLimits: role.limits || { maxOldGenerationSizeMb: 64 }
    });
    var number = 0;
    var timer = setInterval(function () {
        var job = role.job ? role.job() : { value: { number: ++number } };
        worker.postMessage(job.value, job.transfer);
    }, role.every);

    worker.on('error', function (error) {
        console.error(role.name + ': ' + (error.code || error.message));
    });
    worker.on('exit', function () {
        clearInterval(timer);
        setTimeout(start, 1000, role); // a service restarts what died
    });
}

roles.forEach(start);
