// main only: it makes its own workers
// terminate() ends whatever a worker does, without running its finally blocks or exit listeners.
var Worker = require('worker_threads').Worker;
var tell = "var p = require('worker_threads').parentPort; p.on('message', function () {});" +
    "process.on('exit', function () { p.postMessage('not reached'); });";
var programs = {
    idle: tell + "p.postMessage('ready')",
    loop: tell + "p.postMessage('ready'); try { for (;;); } finally { p.postMessage('not reached'); }",
    catching: tell + "p.postMessage('ready'); for (;;) { try { for (;;) { null.x; } } catch (e) {} }",
    regex: tell + "p.postMessage('ready'); /^(a+)+b$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac')",
    text: tell + "var s = 'a'; for (var i = 0; i < 24; i++) { s += s; } p.postMessage('ready');" +
        "for (;;) { s.indexOf('ab'); }",
    timers: tell + "p.postMessage('ready'); (function again() { setImmediate(again); })();",
    recursion: tell + "p.postMessage('ready'); (function f() { try { f(); } finally { f(); } })();"
};
var names = Object.keys(programs);
function next() {
    var name = names.shift();
    if (name === undefined) {
        return;
    }
    var worker = new Worker(programs[name], { eval: true });
    var resolved;
    worker.on('message', function (value) {
        console.log(name, value);
        setTimeout(function () {
            worker.terminate().then(function (code) {
                console.log(name, 'resolved', code);
                worker.terminate().then(function (again) {
                    console.log(name, 'again', again);
                    next();
                });
            });
        }, 10);
    });
    worker.on('error', function (error) { console.log('not reached', error); });
    worker.on('exit', function (code) { console.log(name, 'exit', code); });
}
next();
