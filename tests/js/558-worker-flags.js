// main only: it makes its own workers
// execArgv of workers: what is refused, what is inherited, what warnings do with it.
var threads = require('worker_threads');
[['--foo'], ['--title=x'], ['--redirect-warnings'], ['--require'], ['--expose-gc', '--max-old-space-size=1']].forEach(function (list) {
    try { new threads.Worker('', { eval: true, execArgv: list }); } catch (error) { console.log(error.name, error.code, error.message); }
});
['hello', 6].forEach(function (list) {
    try { new threads.Worker('', { eval: true, execArgv: list }); } catch (error) { console.log(error.name, error.code, error.message); }
});
var program = 'function where() { process.emitWarning("seen"); } process.on("warning", function () {}); where(); console.log(process.execArgv);';
(function next(lists) {
    if (lists.length === 0) { return; }
    var worker = new threads.Worker(program, { eval: true, execArgv: lists[0], stdout: true, stderr: true });
    var text = { stdout: '', stderr: '' };
    ['stdout', 'stderr'].forEach(function (name) {
        worker[name].setEncoding('utf8').on('data', function (data) { text[name] += data; });
    });
    worker.on('exit', function () {
        setImmediate(function () {
            console.log(text.stdout.trim(), text.stderr.split('\n')[0].replace(/^\(\w+:\d+\)/, ''), /at where/.test(text.stderr));
            next(lists.slice(1));
        });
    });
})([['--trace-warnings'], ['--no-warnings'], []]);
