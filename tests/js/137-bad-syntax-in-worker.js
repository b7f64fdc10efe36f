// main only: it makes its own workers
// A worker whose file does not compile tells its parent, with the file's place in the stack.
var Worker = require('worker_threads').Worker;
var worker = new Worker(__dirname + '/fixtures/bad/syntax.js');
worker.on('error', function (error) { console.log(error.name, /syntax\.js:\d+/.test(error.stack)); });
worker.on('exit', function (code) { console.log('exit', code); });
