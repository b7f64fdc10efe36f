// main only: it makes its own workers
// postMessageToThread to a worker that is only starting waits for it; listeners that throw, none at all.
var threads = require('worker_threads');
function told(promise) {
    return promise.then(function () { return 'taken'; }, function (error) { return error.name + ' ' + error.code + ' ' + error.message; });
}
function start(code) { return new threads.Worker(code + '; require("worker_threads").parentPort.once("message", function () {});', { eval: true }); }
(async function () {
    var listening = start('process.on("workerMessage", function (value, from) { console.log("heard", value, from); })');
    console.log(await told(threads.postMessageToThread(listening.threadId, { a: 1 })));
    listening.postMessage(0);
    var throwing = start('process.on("workerMessage", function () { throw new Error("no"); })');
    console.log(await told(threads.postMessageToThread(throwing.threadId)));
    throwing.postMessage(0);
    var deaf = start('');
    console.log(await told(threads.postMessageToThread(deaf.threadId, 1)));
    console.log(await told(threads.postMessageToThread(threads.threadId, 1)));
    console.log(await told(threads.postMessageToThread(9999, 1)));
    console.log(await told(threads.postMessageToThread(deaf.threadId, Symbol('s'))));
    deaf.postMessage(0);
})();
