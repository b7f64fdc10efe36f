// What the collector orders, in the main thread: its own part is done here, that of workers is put on
// their boards, which they look at as often as they report. A worker that does not answer in time is said
// to be stuck. Snapshots of workers are taken through their Worker, which reaches them also in the middle of
// a loop or asleep. Files go to the collector in pieces, one after another, as fast as it reads; a snapshot is
// begun when it is its turn. An order ends once, with one result, and nothing of it is said behind that; it
// goes by a number of ours, because another collector counts anew.
'use strict';

const { createReadStream, rmSync } = require('fs');
const { dirname } = require('path');
const { Orders } = require('./orders.js');

const ANSWER_MS = 15000;
const TAKE_MS = 60000;  // for a snapshot of a worker
const SIGN_MS = 5000;   // between two signs of life of a file that waits for its turn
const PIECE_BYTES = 32768;
const WAITING_MAX = 64;
const STUCK = 'the worker does not answer: it runs one piece of JavaScript, or sleeps between tasks';

class Commands {
    constructor(self, listeners) {
        this.orders = new Orders(self, listeners, (result) => this.answered(result));
        // by our number: { id, thread, until, text: not on its board yet, isHere: the file needs its worker no
        // more, isQueued: it waits for its turn, isOver, bytes that were sent, lose: called with the error that ends it }
        this.waiting = new Map();
        this.last = 0;
        this.workers = new Map(); // by thread: WeakRef
        this.hub = null;
        this.sending = Promise.resolve();
        this.signedAt = 0;
    }

    worker(thread, worker) {
        this.workers.set(thread, new WeakRef(worker));
    }

    ended(thread) {
        this.workers.delete(thread);
        for (const [number, order] of this.waiting) {
            if (order.thread === thread && !order.isHere) {
                this.fail(number, 'the worker has ended');
            }
        }
    }

    /** The collector is gone, and with it whoever waited. */
    forget() {
        for (const number of this.waiting.keys()) {
            this.fail(number, 'the collector is gone');
        }
    }

    /** It wants no more of a file. */
    refused(id) {
        for (const [number, order] of this.waiting) {
            if (order.id === id) {
                this.fail(number, 'the collector did not wait for the file');
            }
        }
    }

    take(command) {
        const { id, thread } = command;
        if (this.waiting.size >= WAITING_MAX) {
            this.hub.link.answer(JSON.stringify({ type: 'result', id, ok: false, error: 'too many orders wait' }));
            return;
        }
        const number = String(++this.last);
        const order = { ...command, id: number };
        this.waiting.set(number, { id, thread, until: Date.now() + ANSWER_MS + (command.seconds ?? 0) * 1000,
            text: null, isHere: false, isQueued: false, isOver: false, lose: null, bytes: 0 });
        if (command.do === 'snapshot') {
            this.send(number, () => this.takeSnapshot(number, thread), {});
        } else if (thread === 0) {
            this.orders.take(order);
        } else {
            this.put(number, JSON.stringify(order));
        }
        this.hub.pass();
    }

    /** On the worker's board, when nothing else lies there. */
    put(number, text) {
        const order = this.waiting.get(number);
        const isolate = this.hub.isolates.get(order.thread);
        if (isolate === undefined) {
            this.fail(number, 'no such worker reports');
        } else {
            order.text = isolate.board.give(text) ? null : text;
        }
    }

    /** A stream of the snapshot; that of a worker that ends or does not come to it fails. */
    takeSnapshot(number, thread) {
        if (thread === 0) {
            return require('v8').getHeapSnapshot();
        }
        const order = this.waiting.get(number);
        const worker = this.workers.get(thread)?.deref();
        if (worker === undefined) {
            throw new Error('only workers of the main thread can be looked into');
        }
        order.until = Date.now() + TAKE_MS;
        return new Promise((resolve, reject) => {
            order.lose = reject;
            worker.getHeapSnapshot().then((stream) => {
                if (order.isOver) {
                    stream.destroy();
                } else {
                    resolve(stream);
                }
            }, reject);
        });
    }

    /** A result; with a path, of a file that is sent first. */
    answered(result) {
        const { id, path, ...rest } = result;
        if (path === undefined) {
            this.finish(result);
            return;
        }
        const remove = () => rmSync(dirname(path), { recursive: true, force: true });
        if (this.waiting.has(id)) {
            this.waiting.get(id).isHere = true;
            this.send(id, () => createReadStream(path), rest).finally(remove);
        } else {
            remove();
        }
    }

    fail(number, error) {
        this.finish({ type: 'result', id: number, ok: false, error });
    }

    /** The end of an order, unless it has ended before. */
    finish(result) {
        const order = this.waiting.get(result.id);
        if (order !== undefined) {
            this.waiting.delete(result.id);
            order.isOver = true;
            order.lose?.(new Error(result.error));
            this.hub.link.answer(JSON.stringify({ ...result, id: order.id }));
        }
    }

    /** One file after another: `open` gives the stream when it is the turn of this one. */
    send(number, open, result) {
        const order = this.waiting.get(number);
        order.until = Infinity;
        order.isQueued = true;
        const pour = async () => {
            order.isQueued = false;
            if (order.isOver) {
                return;
            }
            const stream = await open();
            order.until = Infinity;
            order.isHere = true;
            await this.pour(order, stream);
            this.finish({ ...result, type: 'result', id: number, ok: true, file: true, file_bytes: order.bytes });
        };
        this.sending = this.sending.then(pour).catch((error) => this.fail(number, error.message));
        return this.sending;
    }

    /**
     * By events: the snapshots of Node 18 never tell an iterator that they are over. That a stream is at its
     * end is told while its last part is still on the way: it is over when that has been sent.
     */
    pour(order, stream) {
        return new Promise((resolve, reject) => {
            let sent = Promise.resolve();
            const fail = (error) => {
                stream.destroy();
                reject(error);
            };
            order.lose = fail;
            stream.on('data', (part) => {
                stream.pause();
                sent = this.sendPart(order, part);
                sent.then(() => stream.resume(), fail);
            });
            stream.on('end', () => sent.then(resolve, reject));
            stream.on('error', reject);
            stream.on('close', () => sent.then(() => reject(new Error('the file broke off')), reject));
        });
    }

    async sendPart(order, part) {
        const bytes = Buffer.from(part);
        for (let at = 0; at < bytes.length && !order.isOver; at += PIECE_BYTES) {
            const data = bytes.subarray(at, at + PIECE_BYTES).toString('base64');
            await this.hub.link.deliver(JSON.stringify({ type: 'chunk', id: order.id, data }));
            order.bytes += Math.min(PIECE_BYTES, bytes.length - at);
        }
    }

    tend(now) {
        const isSigning = now - this.signedAt >= SIGN_MS;
        for (const [number, order] of this.waiting) {
            if (order.text !== null) {
                this.put(number, order.text);
            }
            if (order.isQueued && isSigning) {
                this.hub.link.answer(JSON.stringify({ type: 'chunk', id: order.id, data: '' }));
            }
            if (now > order.until) {
                this.fail(number, STUCK);
            }
        }
        this.signedAt = isSigning ? now : this.signedAt;
    }
}

module.exports = { Commands };
