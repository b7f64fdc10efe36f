// What a worker is started with that would not have inherited the agent: it hides how it came here, so
// that the program sees the environment and arguments that it gave the worker, then starts the agent.
'use strict';

try {
    const { execArgv, env } = process;
    const at = execArgv.lastIndexOf(__filename);
    if (at > 0 && execArgv[at - 1] === '--require') {
        execArgv.splice(at - 1, 2);
    }
    const { withoutFollow } = require('./lib/workers.js');
    const options = env.NODE_OPTIONS;
    if (options !== undefined && withoutFollow(options) !== options) {
        const rest = withoutFollow(options);
        if (rest === '') {
            delete env.NODE_OPTIONS;
        } else {
            env.NODE_OPTIONS = rest;
        }
    }
} catch {
    // the worker sees one argument more
}
require('./index.js');
