// This isolate's own part: reads its figures and marks its jobs, and puts both on its board. Everything
// happens on its own thread, by a timer that keeps nothing alive, and at the ends of jobs, because the
// loop of a worker in a pool may never turn.
'use strict';

const v8 = require('v8');
const { resourceLimits } = require('worker_threads');
const { performance, monitorEventLoopDelay } = require('perf_hooks');
const { LINE_MAX, FIGURES, FIGURE_COUNT, SPACES_MAX, RUNNING, PARKED, ENDED } = require('./board.js');
const { Collections } = require('./collections.js');
const { Estimate } = require('./estimate.js');
const { guard } = require('./guard.js');

const DELAY_MS = 100;       // resolution of the loop's delay in the main thread,
const WORKER_DELAY_MS = 250; // and in workers, of which there may be hundreds
const FRESH_MS = 50;        // between two reports at the ends of jobs
const READ_MS = 20;         // between two looks at collections there
const LINES_MAX = 100;      // between two turns, about jobs of which nothing is known but that they ended
const NAMES_MAX = 64, NAME_MAX = 63; // names of jobs that are counted, characters of one
const NEAR_LIMIT = 0.9;     // of the limit
// Collections behind jobs, for what they leave: a share of the time since the first job and a little more,
// so that a baseline exists early; more of it where the heap has grown by a part of its limit since the
// last one. None that will take that share of GC_PAUSE_MS.
const GC_BUDGET = 0.01, GROWN_FACTOR = 5, GC_ADVANCE_MS = 30, GC_PAUSE_MS = 10000;
const GROWN = 1 / 32;

const at = Object.fromEntries(FIGURES.map((name, index) => [name, index]));
const now = performance.now.bind(performance);

class Self {
    constructor(board, thread, interval) {
        this.board = board;
        this.thread = thread;
        this.interval = interval;
        this.figures = new Float64Array(FIGURE_COUNT).fill(NaN);
        this.collections = new Collections((each) => this.tellCollection(each), (used) => this.takeMinor(used));
        const { maxOldGenerationSizeMb, maxYoungGenerationSizeMb } = resourceLimits;
        this.askedLimit = (maxOldGenerationSizeMb + maxYoungGenerationSizeMb) * 1048576; // NaN in the main thread
        this.jobs = 0;
        this.running = 0;
        this.linesLeft = LINES_MAX;
        this.reportedAt = -Infinity;
        this.turnedAt = -Infinity;
        this.skipped = new Map(); // by name: jobs without a line of their own
        this.live = NaN; // what the last full collection left, until a job has told it
        this.likely = NaN; // what is live behind the last minor one, likewise
        this.estimate = new Estimate();
        this.busy = { ms: 0, since: 0, window: now() }; // for loops that never turn
        this.parkedAt = 0;
        this.onOrder = null;
        this.owed = []; // answers for which the ring had no room yet
        this.growth = null; // what is looked for, growth.js
        this.isNear = false;
        const budget = process.env.ISOSCOPE_GC_BUDGET;
        this.gcBudget = budget === undefined || !(Number(budget) >= 0) ? GC_BUDGET : Math.min(1, Number(budget));
        this.gcMs = 0; // spent on collections behind jobs
        this.gcPauses = [0, 0]; // of the last two, ms
        this.firstJobAt = 0;
    }

    start() {
        const isMain = this.thread === 0;
        this.collections.watch();
        this.delay = monitorEventLoopDelay({ resolution: isMain ? DELAY_MS : WORKER_DELAY_MS });
        this.delay.enable();
        this.utilization = performance.eventLoopUtilization();
        this.timer = setInterval(guard(() => this.beat()), this.interval);
        this.timer.unref();
        process.on('exit', guard(() => this.end()));
        this.report();
    }

    beat() {
        this.collections.read(0);
        this.report();
        this.turnedAt = now();
        this.linesLeft = LINES_MAX;
        this.takeOrders();
    }

    takeOrders() {
        this.payOwed();
        const order = this.board.takeOrder();
        if (order !== undefined && this.onOrder !== null) {
            this.onOrder(JSON.parse(order));
        }
    }

    /** One line of the ring. */
    say(line) {
        return this.board.push(JSON.stringify(line));
    }

    /** A line somebody waits for: it is not dropped, but kept until there is room. */
    owe(line) {
        const text = JSON.stringify(line);
        this.owed.push(Buffer.byteLength(text) <= LINE_MAX ? text : JSON.stringify({ type: line.type, id: line.id,
            ok: false, error: 'the answer is too long' }));
        this.payOwed();
    }

    payOwed() {
        while (this.owed.length > 0 && this.board.hasRoom(Buffer.byteLength(this.owed[0]))) {
            this.board.push(this.owed.shift());
        }
    }

    // ---- figures ----

    /** What costs next to nothing to know. */
    readHeap() {
        const { figures, collections } = this;
        const heap = v8.getHeapStatistics();
        figures[at.used] = heap.used_heap_size;
        figures[at.total] = heap.total_heap_size;
        figures[at.limit] = heap.heap_size_limit;
        figures[at.external] = heap.external_memory;
        figures[at.malloced] = heap.malloced_memory;
        figures[at.live] = collections.live;
        figures[at.gc_count] = collections.count;
        figures[at.gc_seconds] = collections.seconds;
        figures[at.gc_last_seconds] = collections.last;
        figures[at.jobs] = this.jobs;
    }

    report() {
        const { figures } = this;
        const spaces = v8.getHeapSpaceStatistics();
        this.readHeap();
        figures[at.asked_limit] = this.askedLimit;
        figures[at.array_buffers] = process.memoryUsage().arrayBuffers;
        this.readLoop();
        for (let i = 0; i < spaces.length && i < SPACES_MAX; i++) {
            figures[FIGURES.length + 2 * i] = spaces[i].space_used_size;
            figures[FIGURES.length + 2 * i + 1] = spaces[i].space_size;
        }
        this.board.write(figures);
        this.reportedAt = now();
    }

    readLoop() {
        const { figures, delay } = this;
        if (this.collections.isSampling && this.parkedAt !== 0) {
            figures[at.event_loop_utilization] = this.readBusy();
            figures[at.event_loop_delay] = NaN;
            return;
        }
        const utilization = performance.eventLoopUtilization();
        figures[at.event_loop_utilization] =
            performance.eventLoopUtilization(utilization, this.utilization).utilization;
        this.utilization = utilization;
        if (delay.max > 0) {
            const resolution = this.thread === 0 ? DELAY_MS : WORKER_DELAY_MS;
            figures[at.event_loop_delay] = Math.max(0, delay.max / 1e9 - resolution / 1000);
            delay.reset();
        }
    }

    /** The share of time in which jobs ran, of isolates that sleep outside of their loop. */
    readBusy() {
        const { busy } = this;
        const t = now();
        const ms = busy.ms + (this.running > 0 ? t - busy.since : 0);
        const share = t > busy.window ? Math.min(1, ms / (t - busy.window)) : NaN;
        if (t - busy.window > this.interval) {
            busy.ms = 0;
            busy.since = busy.window = t;
        }
        return share;
    }

    tellCollection({ kind, pause, before, after }) {
        this.live = after;
        this.estimate.full(after, this.jobs);
        this.say({ type: 'gc', thread: this.thread, t: Date.now() / 1000, kind, pause_seconds: pause, before, after });
        const limit = this.figures[at.limit];
        const isNear = after > NEAR_LIMIT * limit;
        if (isNear && !this.isNear) {
            this.say({ type: 'near_limit', thread: this.thread, t: Date.now() / 1000, limit, used: after });
        }
        this.isNear = isNear;
    }

    takeMinor(used) {
        this.likely = this.estimate.minor(used, this.jobs);
    }

    // ---- jobs ----

    /** A collection behind a job, where there is time for one and the engine made none. */
    collect(t) {
        if (this.gcBudget === 0 || this.running > 0 || !Number.isNaN(this.live)) {
            return;
        }
        const expected = Math.min(...this.gcPauses); // of two: on a busy machine the other one waited
        const elapsed = t - this.firstJobAt;
        const spent = this.gcMs + expected;
        const share = this.hasGrown() ? this.gcBudget * GROWN_FACTOR : this.gcBudget;
        if (expected > this.gcBudget * GC_PAUSE_MS || spent > elapsed * share + GC_ADVANCE_MS) {
            return;
        }
        if (!this.collections.force()) {
            return;
        }
        const ms = now() - t;
        this.gcPauses = [ms, this.gcPauses[0]];
        this.gcMs += ms;
    }

    hasGrown() {
        const { used_heap_size: used, heap_size_limit: limit } = v8.getHeapStatistics();
        return used - this.collections.live > limit * GROWN;
    }

    begin() {
        const t = now();
        if (this.running++ === 0) {
            this.busy.since = t;
            if (this.parkedAt !== 0) {
                this.collections.slept(t - this.parkedAt);
                this.board.setState(RUNNING);
            }
            this.collections.sample();
            this.firstJobAt = this.firstJobAt || t;
        }
        return t;
    }

    /** `isLast`: the thread goes to sleep now, outside of its loop. */
    finish(name, startedAt, isLast) {
        const t = now();
        this.jobs++;
        if (--this.running === 0) {
            this.busy.ms += t - this.busy.since;
        }
        this.payOwed();
        this.collections.read(READ_MS);
        this.collect(now());
        this.tellJob(name.slice(0, NAME_MAX), (t - startedAt) / 1000);
        if (this.growth !== null) {
            this.growth.jobEnded();
        }
        const isAsleep = isLast && this.running === 0;
        if (t - this.reportedAt > FRESH_MS) {
            this.finishReport(t);
        } else if (isAsleep) {
            this.readHeap(); // nobody else says what this job left while the thread sleeps
            this.board.write(this.figures);
        }
        if (isAsleep) {
            this.parkedAt = now();
            this.board.setState(PARKED);
        }
    }

    /** What the timer would do, were there a turn of the loop. */
    finishReport(t) {
        this.report();
        if (t - this.turnedAt > this.interval) {
            this.turnedAt = t;
            this.linesLeft = LINES_MAX;
            if (this.parkedAt !== 0) {
                this.takeOrders();
            }
        }
    }

    /** Each job that was measured has a line; of the others as many as there is room for, the rest are
     * told by the next line of their name. */
    tellJob(name, seconds) {
        const live = Number.isNaN(this.live) ? this.likely : this.live;
        const isMeasured = !Number.isNaN(live);
        const skipped = this.skipped.get(name) ?? 0;
        if (!isMeasured && (this.linesLeft <= 0 || this.board.fill() > 0.5)) {
            if (skipped > 0 || this.skipped.size < NAMES_MAX) {
                this.skipped.set(name, skipped + 1);
            }
            return;
        }
        this.linesLeft -= isMeasured ? 0 : 1;
        this.live = this.likely = NaN;
        this.skipped.delete(name);
        this.say({ type: 'job', thread: this.thread, t: Date.now() / 1000, name, number: this.jobs, seconds,
            live_after: isMeasured ? live : null, more: skipped });
    }

    end() {
        this.report();
        this.payOwed();
        this.board.setState(ENDED);
    }
}

module.exports = { Self };
