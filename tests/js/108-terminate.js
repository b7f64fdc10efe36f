// main only: it makes its own workers
// terminate() ends whatever a worker does; 'finally' and listeners do not run.
var threads = require('worker_threads');
var scripts = [
    'for (;;) {}',
    'try { for (;;) {} } finally { for (;;) {} }',
    '/(a+)+b/.test("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")',
    'function f() { try { f(); } catch (e) { f(); } } for (;;) { try { f(); } catch (e) {} }',
    'for (;;) { try { JSON.stringify(new Array(100000)); } catch (e) {} }',
    'setInterval(function () {}, 1000)',
    'require("worker_threads").parentPort.on("message", function () {})',
    'process.on("exit", function () { for (;;) {} }); for (;;) {}'
];
var left = scripts.length;
scripts.forEach(function (script) {
    var worker = new threads.Worker(script, { eval: true });
    worker.on('error', function (error) { console.log('error', error); });
    worker.on('exit', function (code) {
        if (--left === 0) {
            console.log('all ended');
        }
    });
    setTimeout(function () { worker.terminate(); }, 50);
});
