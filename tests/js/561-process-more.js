// main only: process.chdir() and what a worker has of its process's channel
var threads = require('worker_threads');
if (threads.isMainThread) {
    var before = process.cwd();
    process.chdir('/');
    console.log(process.cwd());
    process.chdir(before);
    console.log(process.cwd() === before);
    [5, '/does/not/exist'].forEach(function (directory) {
        try { process.chdir(directory); } catch (error) {
            console.log(error.name, error.code, error.message.replace(before, 'HERE'), error.syscall, error.dest);
        }
    });
    var mask = process.umask(18);
    console.log(process.umask('077'), process.umask(), process.umask(mask));
    ['9', -1, 1.5, {}].forEach(function (value) {
        try { process.umask(value); } catch (error) { console.log(error.name, error.code, error.message); }
    });
    process.env[42] = 'forty-two';
    process.env[''] = 'nothing';
    console.log(process.env[42], process.env['42'], 42 in process.env, '' in process.env, delete process.env[42], process.env[42]);
    console.log(typeof process.config.variables, Object.isFrozen(process.config), process.debugPort, 'send' in process);
    process.env.NODE_CHANNEL_FD = 'none';
    new threads.Worker(__filename);
} else {
    ['send', 'disconnect', 'chdir', 'abort', 'setuid'].forEach(function (name) {
        try { process[name](); } catch (error) { console.log(error.name, error.code, error.message, process[name].disabled, process[name].name); }
    });
    ['channel', 'connected'].forEach(function (name) {
        try { console.log(process[name]); } catch (error) { console.log(error.name, error.code, error.message, Object.keys(process).indexOf(name)); }
    });
    try { process.umask(1); } catch (error) { console.log(error.message); }
    console.log(typeof process.umask());
}
