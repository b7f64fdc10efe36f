// V8's sampled heap profile of this isolate: what was allocated since start() and is still alive at stop().
// V8 has one for an isolate, so it belongs to one order at a time.
'use strict';

let isTaken = false;

class Sampling {
    /** Throws while another one samples. */
    constructor(interval) {
        if (isTaken) {
            throw new Error('allocations of this isolate are sampled already: one profile or growth at a time');
        }
        const { Session } = require('inspector');
        this.session = new Session();
        this.session.connect();
        try {
            this.post('HeapProfiler.startSampling', { samplingInterval: interval });
        } catch (error) {
            this.session.disconnect();
            throw error;
        }
        isTaken = true;
    }

    /** Orders to one's own isolate are carried out at once. */
    post(method, parameters) {
        let answer = null, failure = null;
        this.session.post(method, parameters, (error, result) => {
            failure = error;
            answer = result;
        });
        if (failure) {
            throw new Error(failure.message);
        }
        return answer;
    }

    /** The profile, once. */
    stop() {
        try {
            return this.post('HeapProfiler.stopSampling', {}).profile;
        } finally {
            this.drop();
        }
    }

    drop() {
        if (this.session !== null) {
            this.session.disconnect();
            this.session = null;
            isTaken = false;
        }
    }
}

module.exports = { Sampling };
