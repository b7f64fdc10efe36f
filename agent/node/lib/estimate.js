// What of a heap is live between two full collections, which V8 makes seldom: minor ones tell what is in use,
// and how much of such a rise was garbage the full ones have told before. Never more than what is in use;
// where garbage comes at the rate it came at, or rises were garbage before, it is no rise.
'use strict';

const MINORS_LEAST = 3; // in a span between full collections that is believed; where those come so often, they do
const SPANS = 2;

class Estimate {
    constructor() {
        this.live = NaN; // left by the last full collection,
        this.jobs = 0;   // jobs until then
        this.used = 0;   // left by the last minor one since
        this.minors = 0; // since
        this.spans = []; // { kept: share of what came in use that stayed, waste: bytes of garbage a job }
    }

    /** A full collection left `live` bytes, after so many jobs. */
    full(live, jobs) {
        const rise = this.used - this.live, garbage = this.used - live;
        if (this.minors >= MINORS_LEAST && rise > 0 && jobs > this.jobs) {
            this.spans.push({ kept: Math.max(0, Math.min(1, 1 - garbage / rise)),
                waste: Math.max(0, garbage) / (jobs - this.jobs) });
            this.spans.splice(0, this.spans.length - SPANS);
        }
        this.live = live;
        this.jobs = jobs;
        this.minors = 0;
    }

    /** A minor one left `used`: how many of them are live; NaN while too little is known. */
    minor(used, jobs) {
        this.used = used;
        this.minors++;
        if (this.spans.length < SPANS || this.minors < MINORS_LEAST) {
            return NaN;
        }
        if (used <= this.live) {
            return used;
        }
        const rise = used - this.live;
        const kept = Math.min(...this.spans.map((span) => span.kept));
        const waste = Math.max(...this.spans.map((span) => span.waste));
        return Math.round(this.live + Math.max(0, Math.min(kept * rise, rise - waste * (jobs - this.jobs))));
    }
}

module.exports = { Estimate };
