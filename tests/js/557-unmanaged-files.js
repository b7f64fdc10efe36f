// main only: it makes its own workers
// Descriptors a worker leaves open are closed behind it, unless trackUnmanagedFds says no; it is warned of odd ones.
var threads = require('worker_threads');
var fs = require('fs');
var start = 'var fs = require("fs"); var port = require("worker_threads").parentPort;' +
    'var file = ' + JSON.stringify(__filename) + ';' +
    'process.on("warning", function (warning) { port.postMessage({ warning: warning.message.replace(/\\d+/, "N") }); });';
function run(code, options, then) {
    var messages = [];
    var worker = new threads.Worker(start + code, Object.assign({ eval: true, execArgv: ['--no-warnings'] }, options));
    worker.on('message', function (message) { messages.push(message); if (options.heard) { options.heard(message, worker); } });
    worker.on('exit', function () { then(messages); });
}
function isOpen(fd) { try { fs.fstatSync(fd); return true; } catch (error) { return error.code; } }
run('port.postMessage(fs.openSync(file))', { trackUnmanagedFds: false }, function (messages) {
    console.log('left', isOpen(messages[0]));
    fs.closeSync(messages[0]);
    run('port.postMessage(fs.openSync(file))', {}, function (messages) {
        console.log('closed', isOpen(messages[0]));
        run('port.postMessage(fs.openSync(file)); port.once("message", function () { fs.closeSync(fs.openSync(file)); });', {
            heard: function (message, worker) {
                if (typeof message === 'number') { fs.closeSync(message); worker.postMessage(''); }
            }
        }, function (messages) {
            console.log(messages[1]);
            var fd = fs.openSync(__filename);
            run('fs.closeSync(' + fd + ')', {}, function (messages) { console.log(messages); });
        });
    });
});
