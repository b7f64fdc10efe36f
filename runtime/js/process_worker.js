// What process is in a worker: functions that would change the whole process are there to say so.
'use strict';

const errors = require('errors');

function unavailable(name) {
    function unavailableInWorker() {
        throw errors.coded(TypeError, 'ERR_WORKER_UNSUPPORTED_OPERATION',
            name + ' is not supported in workers');
    }
    unavailableInWorker.disabled = true;
    return unavailableInWorker;
}

module.exports = function (process, umask, hasChannel) {
    var setsUmask = unavailable('Setting process.umask()');
    ['abort', 'chdir', 'initgroups', 'setegid', 'seteuid', 'setgid', 'setgroups', 'setuid']
        .forEach(function (name) {
            process[name] = unavailable('process.' + name + '()');
        });
    process.umask = function (mask) {
        return mask !== undefined ? setsUmask() : umask();
    };
    if (hasChannel) { // the channel to the process's own parent is not a worker's
        ['send', 'disconnect'].forEach(function (name) {
            process[name] = unavailable('process.' + name + '()');
        });
        ['channel', 'connected'].forEach(function (name) {
            Object.defineProperty(process, name, { get: unavailable('process.' + name) });
        });
    }
};
