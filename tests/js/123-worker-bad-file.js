// main only: it makes its own workers
var Worker = require('worker_threads').Worker;
['worker.js', 7, undefined, {}].forEach(function (name) {
    try {
        new Worker(name);
        console.log('no error');
    } catch (error) {
        console.log(error.name, error.code);
    }
});
var worker = new Worker('./there-is-no-such-worker.js');
worker.on('error', function (error) { console.log(error.code, error.message.split('\n')[0].split('/')[0]); });
worker.on('exit', function (code) { console.log('exit', code); });
