// main only: it makes its own workers
// A worker whose code is its URL: an ES module.
var threads = require('worker_threads');
var code = 'import { parentPort, workerData } from "node:worker_threads"; parentPort.postMessage([workerData, typeof require, import.meta.url.slice(0, 20)]);';
new threads.Worker(new URL('data:text/javascript,' + encodeURIComponent(code)), { workerData: 5 })
    .on('message', function (value) { console.log(value); })
    .on('exit', function (code) {
        console.log('exit', code);
        new threads.Worker(new URL('file://' + __dirname + '/fixtures/in-worker.js'), { argv: ['/nowhere.js'] })
            .on('error', function (error) { console.log('file', error.code); })
            .on('exit', function (code) { console.log('exit', code); });
    });
try { new threads.Worker(new URL('http://x/y')); } catch (error) { console.log(error.code, error.message); }
