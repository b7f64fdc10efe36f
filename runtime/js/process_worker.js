// What process is in a worker: functions that would change the whole process are there to say so.
'use strict';

const errors = require('errors');

function unsupported(name) {
    return errors.coded(TypeError, 'ERR_WORKER_UNSUPPORTED_OPERATION',
        name + ' is not supported in workers');
}

module.exports = function (process, umask) {
    ['abort', 'chdir', 'initgroups', 'setegid', 'seteuid', 'setgid', 'setgroups', 'setuid']
        .forEach(function (name) {
            process[name] = function () { throw unsupported('process.' + name + '()'); };
            process[name].disabled = true;
        });
    process.umask = function (mask) {
        if (mask !== undefined) {
            throw unsupported('Setting process.umask()');
        }
        return umask();
    };
};
