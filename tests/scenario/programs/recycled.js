// Isolates that are asked to be recycled: the main one listens and makes itself small, one worker
// listens and ends, one refuses, one does not listen.
var threads = require('worker_threads');

if (threads.isMainThread) {
    var big = new Uint8Array(8 << 20);
    process.on('isoscope:recycle', function (request) {
        big = null;
        global.gc();
        request.done();
    });
    ['ends', 'refuses', 'deaf'].forEach(function (name) {
        new threads.Worker(__filename, { name: name, workerData: name });
    });
} else {
    if (threads.workerData === 'ends') {
        process.on('isoscope:recycle', function () { process.exit(0); });
    } else if (threads.workerData === 'refuses') {
        process.on('isoscope:recycle', function (request) { request.refuse('it is busy'); });
    }
    setInterval(function () {}, 1000);
}
