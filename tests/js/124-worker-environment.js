// main only: it makes its own workers
// argv, env, workerData, resourceLimits and threadId as the worker sees them.
var threads = require('worker_threads');
if (threads.isMainThread) {
    console.log(threads.threadId, threads.parentPort, threads.workerData, threads.resourceLimits);
    process.env.ISORUN_MARK = 'parent';
    var all = [
        {},
        { argv: ['one', 2], workerData: 'data', env: { ONLY: 'this' },
            resourceLimits: { maxOldGenerationSizeMb: 40, maxYoungGenerationSizeMb: 10, stackSizeMb: 3 } },
        { workerData: undefined, env: threads.SHARE_ENV }
    ];
    var next = function () {
        var options = all.shift();
        if (options === undefined) {
            console.log(process.env.ISORUN_MARK);
            return;
        }
        var worker = new threads.Worker(__filename, options);
        if (options.resourceLimits) {
            console.log(worker.resourceLimits.maxOldGenerationSizeMb, worker.resourceLimits.maxYoungGenerationSizeMb);
        }
        worker.on('message', function (value) { console.log(value); });
        worker.on('exit', next);
    };
    next();
} else {
    threads.parentPort.postMessage({
        main: threads.isMainThread, data: threads.workerData, argv: process.argv.slice(2),
        mark: process.env.ISORUN_MARK, only: process.env.ONLY, path: process.env.PATH !== undefined,
        old: threads.workerData === 'data' && threads.resourceLimits.maxOldGenerationSizeMb,
        young: threads.workerData === 'data' && threads.resourceLimits.maxYoungGenerationSizeMb,
        stack: threads.workerData === 'data' && threads.resourceLimits.stackSizeMb
    });
}
