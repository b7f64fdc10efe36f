// main only: it makes its own workers
// How workers end: uncaught errors, exit codes, errors thrown by the parent's listeners.
var threads = require('worker_threads');
var cases = [
    ['throws', 'throw new TypeError("bad " + 1)'],
    ['throws later', 'setTimeout(function () { null.x; }, 1)'],
    ['throws a string', 'throw "just text"'],
    ['throws undefined', 'throw undefined'],
    ['syntax', 'var a = ;'],
    ['exit', 'process.exit(3)'],
    ['exitCode', 'process.exitCode = 4'],
    ['exit in listener', 'process.on("exit", function (c) { process.exitCode = c + 5; })'],
    ['ends', '1'],
    ['uncaughtException', 'process.on("uncaughtException", function (e) { process.exit(9); }); throw new Error("x")']
];

function next() {
    var one = cases.shift();
    if (one === undefined) {
        return;
    }
    var worker = new threads.Worker(one[1], { eval: true });
    worker.on('error', function (error) {
        console.log(one[0], 'error', error instanceof Error ? error.name : typeof error,
            /^(syntax|throws later)$/.test(one[0]) ? '' : error && error.message);
    });
    worker.on('exit', function (code) {
        console.log(one[0], 'exit', code);
        next();
    });
}
next();
