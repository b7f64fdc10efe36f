// main only: it makes its own workers
// A worker over its limit dies; nothing in it can prevent that, and the parent hears why.
var threads = require('worker_threads');
var scripts = [
    'var a = []; for (;;) { a.push({ n: a.length }); }',
    'var a = []; for (;;) { try { for (;;) { a.push([1, 2, 3]); } } catch (e) {} finally { a.push(a); } }',
    'var m = {}; for (var i = 0; ; i++) { m["k" + i] = "value " + i; }'
];

function next() {
    var script = scripts.shift();
    if (script === undefined) {
        return;
    }
    var worker = new threads.Worker(script, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 } });
    worker.on('error', function (error) { console.log(error.code, error.message, error.name); });
    worker.on('exit', function (code) {
        console.log('exit', code);
        next();
    });
}
next();
