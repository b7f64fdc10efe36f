// main only: it makes its own workers
// process._fatalException, and the codes workers end with when 'exit' and 'uncaughtException' listeners have their say.
var threads = require('worker_threads');
var cases = {
    asked: function () {
        process.once('uncaughtException', function (error, origin) { console.log('heard', error.message, origin); });
        console.log(process._fatalException(new Error('by hand')), process.exitCode);
    },
    untouched: function () {
        process.on('exit', function (code) { console.log('exit', code, process.exitCode); });
        process.on('uncaughtException', function () {});
        throw new Error('heard');
    },
    changed: function () {
        process.on('uncaughtException', function () { process.exitCode = 97; });
        process.on('exit', function (code) { console.log('exit', code, process.exitCode); });
        throw new Error('heard');
    },
    unheard: function () {
        process.exitCode = 99;
        process.on('exit', function (code) { console.log('exit', code, process.exitCode); process.exitCode = 98; });
        throw new Error('unheard');
    },
    thrownAgain: function () {
        process.on('uncaughtException', function () { throw new Error('again'); });
        throw new Error('first');
    },
    zero: function () {
        process.exitCode = 99;
        process.on('exit', function (code) { console.log('exit', code, process.exitCode); });
        process.exit(0);
    },
    without: function () {
        process._fatalException = undefined;
        process.on('exit', function () { console.log('not told'); });
        throw new Error('nobody');
    }
};
if (threads.isMainThread) {
    (function next(names) {
        if (names.length > 0) {
            new threads.Worker(__filename, { workerData: names[0] })
                .on('error', function (error) { console.log(names[0], 'error', error.message); })
                .on('exit', function (code) { console.log(names[0], 'code', code); next(names.slice(1)); });
        }
    })(Object.keys(cases));
} else if (threads.workerData) {
    cases[threads.workerData]();
}
