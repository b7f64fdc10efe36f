// main only: it makes its own workers
// An unref'ed worker or port does not keep the program alive.
var threads = require('worker_threads');
var worker = new threads.Worker('setInterval(function () {}, 1000)', { eval: true });
worker.unref();
var channel = new threads.MessageChannel();
channel.port1.on('message', function () {});
channel.port1.unref();
process.on('exit', function (code) { console.log('exit', code); });
