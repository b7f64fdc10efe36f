// What the collector may order of one isolate, done by the isolate itself: a collection, a heap profile, what
// grows over some jobs, its replacement, of workers a snapshot. Results are lines; profiles and snapshots go to
// files that the main thread sends and removes.
'use strict';

const { mkdtempSync, rmSync, writeFileSync } = require('fs');
const { tmpdir } = require('os');
const { join } = require('path');
const { writeHeapSnapshot } = require('v8');
const { guard } = require('./guard.js');
const { Growth } = require('./growth.js');
const { Sampling } = require('./sampling.js');

const PROFILE_SECONDS = 5;
const INTERVAL = 32768;
const MISSING = { census: 'the agent takes no census; compare two snapshots' };

/** The path of a file that write(path) makes, in a folder of its own, which only we may read. */
function keep(name, write) {
    const folder = mkdtempSync(join(tmpdir(), 'isoscope-'));
    try {
        const path = join(folder, name);
        write(path);
        return path;
    } catch (error) {
        rmSync(folder, { recursive: true, force: true });
        throw error;
    }
}

class Orders {
    /** `answer` takes result lines, `listeners` those who replace this isolate when asked to. */
    constructor(self, listeners, answer) {
        this.self = self;
        this.listeners = listeners;
        this.answer = answer;
    }

    take(order) {
        try {
            this.carryOut(order);
        } catch (error) {
            this.fail(order, error.message);
        }
    }

    carryOut(order) {
        if (order.do === 'gc') {
            const result = this.self.collections.order();
            this.done(order, result);
        } else if (order.do === 'profile') {
            this.profile(order);
        } else if (order.do === 'snapshot') {
            this.done(order, { path: keep('heap.heapsnapshot', (path) => writeHeapSnapshot(path)) });
        } else if (order.do === 'growth') {
            this.growth(order);
        } else if (order.do === 'recycle') {
            this.recycle(order);
        } else {
            this.fail(order, MISSING[order.do] ?? `the agent cannot do ${order.do}`);
        }
    }

    done(order, more) {
        this.answer({ type: 'result', id: order.id, ok: true, ...more });
    }

    fail(order, error) {
        this.answer({ type: 'result', id: order.id, ok: false, error });
    }

    recycle(order) {
        if (this.listeners.size === 0) {
            this.fail(order, "the program does not listen for 'recycle' of @isoscope/agent");
            return;
        }
        for (const listener of this.listeners) {
            guard(listener)({ reason: order.reason });
        }
        this.done(order, {});
    }

    /** One at a time; the isolate itself tells it of its jobs. */
    growth(order) {
        const { self } = this;
        if (self.growth !== null) {
            this.fail(order, 'what grows in this isolate is looked for already');
            return;
        }
        self.growth = new Growth(self, order, (error, result) => {
            self.growth = null;
            if (error !== null) {
                this.fail(order, error);
            } else {
                this.done(order, result);
            }
        });
    }

    /** Samples allocations for a while; the timer does not keep the program alive. */
    profile(order) {
        const sampling = new Sampling(order.interval ?? INTERVAL);
        setTimeout(guard(() => {
            try {
                const text = JSON.stringify(sampling.stop());
                this.done(order, { path: keep('heap.heapprofile', (path) => writeFileSync(path, text)) });
            } catch (error) {
                this.fail(order, error.message);
            }
        }), (order.seconds ?? PROFILE_SECONDS) * 1000).unref();
    }
}

module.exports = { Orders };
