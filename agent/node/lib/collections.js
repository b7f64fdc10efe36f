// What the collector of this isolate's heap did: how often, how long, and what it left. Two ways, one at
// a time:
//   watching   a PerformanceObserver, told of each collection when the loop turns: for isolates that
//              mark no jobs. What is live is read then; young objects made since are left out.
//   sampling   v8.GCProfiler, read where the caller says: at the ends of jobs, because a worker of a pool
//              sleeps in Atomics.wait() between its tasks and its loop never turns. Exact.
// Node keeps 3 KB for each collection that was not sampled yet. What piled up while a job ran for very long
// is thrown away unseen, because reading it takes heap that a small isolate may not have, and for a while
// after that nothing is sampled.
'use strict';

const v8 = require('v8');
const { PerformanceObserver, performance } = require('perf_hooks');
const { guard } = require('./guard.js');

const UNREAD_MS = 15000;       // of running; a third of it for heaps with a small limit
const SMALL_LIMIT = 64 << 20;
const REST_MS = 30000;
const EXPOSE_TRIES = 20;
const MAJOR = 4, MINOR = /^Scavenge|^Minor/; // as observers and as profilers call them
const FORCED = 4, EMERGENCY = 16; // flags of perf_hooks

const now = performance.now.bind(performance);

/** Bytes in use, without what was made since the last collection. */
function liveNow() {
    let young = 0;
    for (const space of v8.getHeapSpaceStatistics()) {
        if (space.space_name === 'new_space' || space.space_name === 'new_large_object_space') {
            young += space.space_used_size;
        }
    }
    return v8.getHeapStatistics().used_heap_size - young;
}

/** gc() as a context of its own would have it: nobody else sees that. The flag is the process's: another
 * thread that does the same may take it away in between. */
function exposeGc() {
    try {
        v8.setFlagsFromString('--expose-gc');
        return require('vm').runInNewContext('gc');
    } catch {
        return null;
    } finally {
        v8.setFlagsFromString('--no-expose-gc');
    }
}

function findGc() {
    if (typeof globalThis.gc === 'function') {
        return globalThis.gc;
    }
    for (let i = 0; i < EXPOSE_TRIES; i++) {
        const gc = exposeGc();
        if (gc !== null) {
            return gc;
        }
    }
    return null;
}

class Collections {
    /** onFull is called with each full collection: { kind, pause, before, after }, onMinor with what each minor
     * one leaves in use, while sampling. */
    constructor(onFull, onMinor) {
        this.onFull = onFull;
        this.onMinor = onMinor;
        this.count = 0;
        this.seconds = 0;
        this.last = NaN;
        this.live = NaN;
        this.observer = null;
        this.profiler = null;
        this.readAt = 0;
        this.restUntil = 0;
        this.isSampling = false;
        this.unreadMax = v8.getHeapStatistics().heap_size_limit < SMALL_LIMIT ? UNREAD_MS / 3 : UNREAD_MS;
    }

    watch() {
        this.observer = new PerformanceObserver(guard((list) => {
            for (const entry of list.getEntries()) {
                this.take(entry.detail, entry.duration / 1000);
            }
        }));
        this.observer.observe({ entryTypes: ['gc'] });
    }

    take({ kind, flags }, pause) {
        if (kind !== MAJOR) {
            this.add(pause);
            return;
        }
        this.addFull({ kind: flags & EMERGENCY ? 'emergency' : flags & FORCED ? 'forced' : 'full', pause,
            before: null, after: liveNow() });
    }

    add(pause) {
        this.count++;
        this.seconds += pause;
    }

    addFull(collection) {
        this.add(collection.pause);
        this.last = collection.pause;
        this.live = collection.after;
        this.onFull(collection);
    }

    /** From now on collections are read where the caller says. */
    sample() {
        if (!this.isSampling) {
            this.isSampling = true;
            if (this.observer !== null) {
                this.observer.disconnect();
                this.observer = null;
            }
            this.begin();
        }
    }

    begin() {
        this.readAt = now();
        if (typeof v8.GCProfiler === 'function' && this.readAt >= this.restUntil) {
            this.profiler = new v8.GCProfiler();
            this.profiler.start();
        }
    }

    /** The isolate slept for `ms`: nothing can have piled up meanwhile. */
    slept(ms) {
        this.readAt += ms;
    }

    /** Takes in what was collected since the last call. `after` ms at least lie between two. */
    read(after) {
        const t = now();
        if (!this.isSampling || t - this.readAt < after) {
            return;
        }
        const { profiler, readAt } = this;
        this.profiler = null;
        if (t - readAt > this.unreadMax) {
            this.restUntil = t + REST_MS; // its memory goes with it, unread
        } else if (profiler !== null) {
            for (const each of profiler.stop().statistics) {
                this.takeSample(each);
            }
        }
        this.begin();
    }

    /** A full collection now; false where there is no way to order one. */
    force() {
        if (this.gc === undefined) {
            this.gc = findGc();
        }
        if (this.gc === null) {
            return false;
        }
        this.read(0);
        const before = v8.getHeapStatistics().used_heap_size;
        const { profiler, count, seconds } = this;
        const t = now();
        this.gc();
        const pause = (now() - t) / 1000;
        if (profiler !== null) {
            profiler.stop(); // ours, and told below
            this.profiler = null;
            this.begin();
        }
        this.count = count;
        this.seconds = seconds;
        this.addFull({ kind: 'forced', pause, before, after: v8.getHeapStatistics().used_heap_size });
        return true;
    }

    /** One that was ordered: what it was like. */
    order() {
        const before = v8.getHeapStatistics().used_heap_size;
        const t = now();
        if (this.isSampling) {
            if (!this.force()) {
                throw new Error('this Node has no gc()');
            }
        } else {
            this.gc = this.gc === undefined ? findGc() : this.gc;
            if (this.gc === null) {
                throw new Error('this Node has no gc()');
            }
            this.gc(); // the observer tells it
        }
        return { before, after: v8.getHeapStatistics().used_heap_size, pause_seconds: (now() - t) / 1000 };
    }

    takeSample({ gcType, cost, beforeGC, afterGC }) {
        if (gcType !== 'MarkSweepCompact') {
            this.add(cost / 1e6);
            if (MINOR.test(gcType)) {
                this.onMinor(afterGC.heapStatistics.usedHeapSize);
            }
            return;
        }
        this.addFull({ kind: 'full', pause: cost / 1e6, before: beforeGC.heapStatistics.usedHeapSize,
            after: afterGC.heapStatistics.usedHeapSize });
    }
}

module.exports = { Collections };
