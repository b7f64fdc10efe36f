// isoscope.job(): what the program marks itself.
'use strict';

/** Runs fn and tells `self` when it is over, which for a promise is when it is settled. */
function job(self, name, fn) {
    if (typeof name !== 'string' || typeof fn !== 'function') {
        const [what, type, value] = typeof name === 'string' ? ['fn', 'function', fn] : ['name', 'string', name];
        const error = new TypeError(`The "${what}" argument must be of type ${type}. Received ${value === null ?
            'null' : `type ${typeof value}`}`);
        error.code = 'ERR_INVALID_ARG_TYPE';
        throw error;
    }
    const startedAt = self.begin();
    let result;
    try {
        result = fn();
    } catch (error) {
        self.finish(name, startedAt, false);
        throw error;
    }
    if (result === null || typeof result !== 'object' || typeof result.then !== 'function') {
        self.finish(name, startedAt, false);
        return result;
    }
    return result.then((value) => {
        self.finish(name, startedAt, false);
        return value;
    }, (error) => {
        self.finish(name, startedAt, false);
        throw error;
    });
}

module.exports = { job };
