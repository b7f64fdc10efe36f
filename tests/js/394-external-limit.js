// isorun only: Node has no limit on external memory
// main only: it makes its own workers
// resourceLimits.maxExternalMb: a worker with more in buffers ends alone, out of memory; dropped ones do not count.
var threads = require('worker_threads');
if (threads.isMainThread) {
    var worker = new threads.Worker(__filename, { resourceLimits: { maxExternalMb: 8 }, argv: ['limited'] });
    var limit = worker.resourceLimits.maxExternalMb;
    worker.on('error', function (error) { console.log('error', error.code); });
    worker.on('exit', function (code) {
        console.log('exit', code, limit);
        console.log(new ArrayBuffer(16 << 20).byteLength >> 20);
    });
} else if (process.argv[2] === 'limited') {
    console.log(threads.resourceLimits.maxExternalMb);
    for (var i = 0; i < 20; i++) {
        new ArrayBuffer(4 << 20);
    }
    console.log('dropped buffers are none');
    new ArrayBuffer(16 << 20);
    console.log('not reached');
}
