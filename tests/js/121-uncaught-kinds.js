// main only: it makes its own workers
// An error nobody catches in a worker reaches 'error' on the parent as an error, then exit code 1.
var Worker = require('worker_threads').Worker;
var programs = [
    "throw new TypeError('thrown at start')",
    "var e = new RangeError('with a property'); e.code = 'MINE'; throw e",
    "setTimeout(function () { throw new Error('from a timer'); }, 1)",
    "require('worker_threads').parentPort.on('message', function () { throw new Error('from a listener'); })",
    "throw 'a text'",
    "throw { a: 1 }",
    "throw null",
    "this is not JavaScript",
    "require('./there-is-no-such-file')",
    "process.on('exit', function () { process.exit(9); }); throw new Error('and an exit listener')"
];
function next(i) {
    if (i === programs.length) {
        return;
    }
    var worker = new Worker(programs[i], { eval: true });
    worker.on('error', function (error) {
        if (error instanceof Error) {
            console.log(i, error.name, error instanceof TypeError, error.code,
                error.name === 'SyntaxError' ? '' : error.message.split('\n')[0], typeof error.stack);
        } else {
            console.log(i, error);
        }
    });
    worker.on('exit', function (code) {
        console.log(i, 'exit', code);
        next(i + 1);
    });
    worker.postMessage(0);
}
next(0);
