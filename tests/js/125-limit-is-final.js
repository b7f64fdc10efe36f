// main only: it makes its own workers
// Reaching the limit is death: nothing in the worker can catch it, the parent hears of it and goes on.
var Worker = require('worker_threads').Worker;
var program = "process.on('exit', function () { require('worker_threads').parentPort.postMessage('no'); });" +
    "var a = []; for (;;) { try { a.push([{}]); } catch (e) { a.push(e); } finally { a.push({}); } }";
function next(i) {
    if (i === 3) {
        return;
    }
    var worker = new Worker(program, { eval: true,
        resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 } });
    worker.on('message', function (value) { console.log('not reached', value); });
    worker.on('error', function (error) {
        console.log(error.name, error.code, error.message);
    });
    worker.on('exit', function (code) {
        console.log('exit', code);
        next(i + 1);
    });
}
next(0);
