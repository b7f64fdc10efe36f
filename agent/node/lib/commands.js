// What the collector orders, in the main thread: its own part is done here, that of workers is put on
// their boards, which they look at as often as they report. A worker that does not answer in time is said
// to be stuck. Snapshots of workers are taken through their Worker, which reaches them also in the middle of
// a loop or asleep. Files go to the collector in pieces, one at a time, as fast as it reads.
'use strict';

const { createReadStream, rmSync } = require('fs');
const { dirname } = require('path');
const { Orders } = require('./orders.js');

const ANSWER_MS = 15000;
const PIECE_BYTES = 32768;
const WAITING_MAX = 64;

class Commands {
    constructor(self, listeners) {
        this.orders = new Orders(self, listeners, (result) => this.answered(result));
        this.waiting = new Map(); // by id: { thread, until }
        this.workers = new Map(); // by thread: WeakRef
        this.hub = null;
        this.sending = Promise.resolve();
    }

    worker(thread, worker) {
        this.workers.set(thread, new WeakRef(worker));
    }

    ended(thread) {
        this.workers.delete(thread);
        for (const [id, { thread: of }] of this.waiting) {
            if (of === thread) {
                this.answered({ type: 'result', id, ok: false, error: 'the worker has ended' });
            }
        }
    }

    take(command) {
        const { id, thread } = command;
        if (this.waiting.size >= WAITING_MAX) {
            this.answered({ type: 'result', id, ok: false, error: 'too many orders wait' });
            return;
        }
        this.waiting.set(id, { thread, until: Date.now() + ANSWER_MS + (command.seconds ?? 0) * 1000 });
        if (command.do === 'snapshot') {
            this.snapshot(command).catch((error) =>
                this.answered({ type: 'result', id, ok: false, error: error.message }));
        } else if (thread === 0) {
            this.orders.take(command);
        } else {
            const isolate = this.hub.isolates.get(thread);
            if (isolate === undefined || !isolate.board.give(JSON.stringify(command))) {
                this.answered({ type: 'result', id, ok: false,
                    error: isolate === undefined ? 'no such worker reports' : 'another order waits for it' });
            }
        }
        this.hub.pass();
    }

    async snapshot({ id, thread }) {
        this.waiting.get(id).until = Infinity;
        const worker = this.workers.get(thread)?.deref();
        if (thread !== 0 && worker === undefined) {
            throw new Error('only workers of the main thread can be looked into');
        }
        const stream = thread === 0 ? require('v8').getHeapSnapshot() : await worker.getHeapSnapshot();
        await this.send(id, stream, {});
    }

    /** A result; with a path, of a file that is sent first. */
    answered(result) {
        const { id, path } = result;
        if (path !== undefined) {
            delete result.path;
            this.send(id, createReadStream(path), result)
                .catch((error) => this.finish({ type: 'result', id, ok: false, error: error.message }))
                .finally(() => rmSync(dirname(path), { recursive: true, force: true }));
            return;
        }
        this.finish(result);
    }

    finish(result) {
        this.waiting.delete(result.id);
        this.hub.link.say(JSON.stringify(result));
        this.hub.link.flush();
    }

    /** One file after another. */
    send(id, stream, result) {
        const sent = this.sending.then(() => this.pour(id, stream)).then(() =>
            this.finish({ ...result, type: 'result', id, ok: true, file: true }));
        this.sending = sent.catch(() => {});
        return sent;
    }

    /**
     * By events: the snapshots of Node 18 never tell an iterator that they are over. That a stream is at its
     * end is told while its last part is still on the way: it is over when that has been sent.
     */
    pour(id, stream) {
        return new Promise((resolve, reject) => {
            let sent = Promise.resolve();
            const fail = (error) => {
                stream.destroy();
                reject(error);
            };
            stream.on('data', (part) => {
                stream.pause();
                sent = this.sendPart(id, part);
                sent.then(() => stream.resume(), fail);
            });
            stream.on('end', () => sent.then(resolve, reject));
            stream.on('error', reject);
        });
    }

    async sendPart(id, part) {
        const bytes = Buffer.from(part);
        for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
            const data = bytes.subarray(at, at + PIECE_BYTES).toString('base64');
            await this.hub.link.deliver(JSON.stringify({ type: 'chunk', id, data }));
        }
    }

    tend(now) {
        for (const [id, { until }] of this.waiting) {
            if (now > until) {
                this.finish({ type: 'result', id, ok: false,
                    error: 'the worker does not answer: it runs one piece of JavaScript, or sleeps between tasks' });
            }
        }
    }
}

module.exports = { Commands };
