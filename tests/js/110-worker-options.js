// main only: it makes its own workers
// argv, env, name, resourceLimits, eval, bad file names.
var threads = require('worker_threads');
if (!threads.isMainThread) {
    threads.parentPort.postMessage([process.argv.slice(2), process.env.GIVEN, process.env.HOME, threads.resourceLimits.maxOldGenerationSizeMb]);
    process.env.GIVEN = 'changed';
} else {
    process.env.GIVEN = 'inherited';
    var first = new threads.Worker(__filename, { argv: ['a', 2], env: { GIVEN: 'own' }, resourceLimits: { maxOldGenerationSizeMb: 64 } });
    first.on('message', function (seen) { console.log(seen); });
    first.on('exit', function () {
        new threads.Worker('console.log(process.env.GIVEN, require("worker_threads").isMainThread)', { eval: true })
            .on('exit', function () {
                console.log(process.env.GIVEN);
                new threads.Worker('./nowhere.js').on('error', function (error) { console.log(error.code); });
            });
    });
    [5, 'relative.js', undefined].forEach(function (name) {
        try { new threads.Worker(name); } catch (error) { console.log(error.name, error.code); }
    });
}
