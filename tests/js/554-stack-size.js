// main only: it makes its own workers
// resourceLimits.stackSizeMb bounds how deep a worker's calls go; what is too deep is a RangeError.
var threads = require('worker_threads');
var program = 'var depth = require("worker_threads").workerData; function f() { depth[0]++; f(); } f();';
function run(limits, then) {
    var depth = new Uint32Array(new SharedArrayBuffer(4));
    new threads.Worker(program, { eval: true, workerData: depth, resourceLimits: limits })
        .on('error', function (error) { console.log(error.name, error.message); })
        .on('exit', function (code) { console.log('code', code); then(depth[0]); });
}
run({ stackSizeMb: 0.5 }, function (small) {
    run({ stackSizeMb: 1 }, function (middle) {
        run({}, function (usual) {
            run({ stackSizeMb: 16 }, function (large) {
                console.log(small > 500, middle > 1.4 * small, usual > 1.4 * middle, large > 1.4 * usual);
                new threads.Worker('console.log(require("worker_threads").resourceLimits.stackSizeMb)', { eval: true, resourceLimits: { stackSizeMb: 2 } });
            });
        });
    });
});
