// What grows in an isolate over some jobs, and which function of the program makes it: a full collection
// behind one job and another some jobs later, and between them V8's sampled profile, which at its end knows
// only what is still alive. Everything happens at the ends of jobs, because the loop of a worker in a pool
// may never turn. V8 tells the line where a function begins, not the one that allocates.
'use strict';

const { fileURLToPath } = require('url');
const { dirname } = require('path');
const { guard } = require('./guard.js');
const { Sampling } = require('./sampling.js');

const JOBS = 8, JOBS_MAX = 100000;
const SECONDS = 30;
const INTERVAL = 32768, INTERVAL_MIN = 64;
const SITES_MAX = 8, SITES_BYTES_MAX = 3000; // they have to fit into one line
const FUNCTION_MAX = 63, FILE_MAX = 207;
const OURS = dirname(__dirname);
const BUFFERS = 'buffers grew, which V8\'s samples do not see';

const now = () => performance.now();

/** The file of a frame of the program; "" for those of Node, of the engine and of the agent. */
function fileOf(url) {
    if (url === '' || url.startsWith('node:')) {
        return '';
    }
    const file = url.startsWith('file:') ? fileURLToPath(url) : url;
    return file.startsWith(OURS) ? '' : file;
}

/** Bytes by function of the program: what Node and the engine allocate is put down to who called them. */
function sitesOf(profile) {
    const sites = new Map();
    const waiting = [[profile.head, null]];
    while (waiting.length > 0) {
        const [node, caller] = waiting.pop();
        const { url, functionName, lineNumber } = node.callFrame;
        const file = fileOf(url);
        const site = file === '' ? caller
            : { file: file.slice(-FILE_MAX), line: lineNumber + 1, function: (functionName || '(anonymous)').slice(0, FUNCTION_MAX) };
        if (node.selfSize > 0 && site !== null) {
            const key = `${site.file}:${site.line}:${site.function}`;
            const known = sites.get(key) ?? { ...site, bytes: 0 };
            known.bytes += node.selfSize;
            sites.set(key, known);
        }
        node.children.forEach((child) => waiting.push([child, site]));
    }
    const largest = [...sites.values()].sort((a, b) => b.bytes - a.bytes).slice(0, SITES_MAX);
    while (Buffer.byteLength(JSON.stringify(largest)) > SITES_BYTES_MAX) {
        largest.pop();
    }
    return largest;
}

class Growth {
    /** `answer(error, result)` is called once. */
    constructor(self, { jobs, seconds, interval }, answer) {
        this.self = self;
        this.wanted = Math.min(jobs > 0 ? jobs : JOBS, JOBS_MAX);
        this.interval = Math.max(interval > 0 ? interval : INTERVAL, INTERVAL_MIN);
        this.answer = answer;
        this.sampling = null;
        this.jobs = 0;
        this.pause = 0;
        const ms = (seconds > 0 ? seconds : SECONDS) * 1000;
        this.until = now() + ms;
        this.timer = setTimeout(guard(() => this.timeIsUp()), ms);
        this.timer.unref();
    }

    /** Behind each job of the isolate. */
    jobEnded() {
        try {
            if (this.sampling === null) {
                this.begin();
            } else if (++this.jobs >= this.wanted || now() > this.until) {
                this.finish();
            }
        } catch (error) {
            this.end(error.message, null);
        }
    }

    timeIsUp() {
        try {
            if (this.jobs === 0) {
                throw new Error('no two jobs ended in the time that was given');
            }
            this.finish();
        } catch (error) {
            this.end(error.message, null);
        }
    }

    collect() {
        const { after, pause_seconds: pause } = this.self.collections.order();
        this.pause += pause;
        return { heap: after, buffers: process.memoryUsage().arrayBuffers };
    }

    begin() {
        this.before = this.collect();
        this.sampling = new Sampling(this.interval);
        this.beganAt = now();
    }

    finish() {
        const after = this.collect();
        const profile = this.sampling.stop();
        const heap = after.heap - this.before.heap, buffers = after.buffers - this.before.buffers;
        const isBuffers = buffers > Math.max(0, heap);
        const sites = isBuffers || heap <= 0 ? [] : sitesOf(profile);
        this.end(null, {
            jobs: this.jobs, seconds: (now() - this.beganAt) / 1000, pause_seconds: this.pause,
            bytes: heap + buffers,
            kinds: isBuffers ? [{ name: '(array buffer)', count: 0, bytes: buffers }] : [],
            sites,
            no_site: isBuffers ? BUFFERS : heap <= 0 ? `nothing grew over ${this.jobs} jobs`
                : sites.length === 0 ? 'nothing that was sampled is still there' : null,
        });
    }

    end(error, result) {
        clearTimeout(this.timer);
        this.sampling?.drop();
        this.answer(error, result);
    }
}

module.exports = { Growth };
