// child_process: there are no child processes under isorun. The names exist, so that programs that can
// do without them load.
'use strict';

const errors = require('errors');

['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'].forEach(function (name) {
    exports[name] = function () {
        throw errors.coded(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', 'child_process.' + name +
            '() is not available: isorun starts no processes, use worker_threads');
    };
});
exports.ChildProcess = undefined;
