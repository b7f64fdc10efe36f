// main only: it makes its own workers
// What process does not do in a worker.
var threads = require('worker_threads');
if (threads.isMainThread) {
    new threads.Worker(__filename, { execArgv: ['--no-warnings'] }).on('exit', function (code) { console.log('code', code); });
} else if (process.execArgv.length > 0) {
    ['abort', 'chdir', 'initgroups', 'setegid', 'seteuid', 'setgid', 'setgroups', 'setuid'].forEach(function (name) {
        try { process[name]('/'); } catch (error) { console.log(error.name, error.code, error.message, process[name].disabled); }
    });
    console.log(process.execArgv);
    process.on('exit', function (code) { console.log('exit', code); });
    process.exit(7);
}
