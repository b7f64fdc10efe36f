// The one place where errors of the agent's own end. Everything that Node calls back goes through here.
'use strict';

let failures = 0;

/** The function, whose errors are counted and go no further. */
function guard(fn) {
    return (...args) => {
        try {
            return fn(...args);
        } catch (error) {
            failures++;
            if (process.env.ISOSCOPE_DEBUG) {
                process.stderr.write(`isoscope: ${error && error.stack}\n`);
            }
            return undefined;
        }
    };
}

module.exports = { guard, failures: () => failures };
