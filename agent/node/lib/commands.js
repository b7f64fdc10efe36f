// What the collector orders, in the main thread: its own part is done here, that of workers is put on
// their boards, which they look at as often as they report. A worker that does not answer in time is said
// to be stuck. A snapshot a worker takes itself; one that does not come to it is looked into from outside, through
// its Worker, which reaches it also in the middle of a loop or asleep. It must not end meanwhile: what Node reads is
// the worker's, and is read when that is gone (Node 18 to 24 die of it). Files go to the collector in pieces, one after another, as fast as it reads; a snapshot is
// begun when it is its turn. An order ends once, with one result, and nothing of it is said behind that; it
// goes by a number of ours, because another collector counts anew.
'use strict';

const { createReadStream, rmSync } = require('fs');
const { dirname } = require('path');
const { Orders } = require('./orders.js');

const ANSWER_MS = 15000;
const TAKE_MS = 60000;  // for a snapshot of a worker
const OUTSIDE_MS = 2000; // until one that did not begin with it is looked into from outside
const SIGN_MS = 5000;   // between two signs of life of a file that waits for its turn
const PIECE_BYTES = 32768;
const WAITING_MAX = 64;
const NOT_OURS = 'only workers of the main thread can be looked into';
const STUCK = 'the worker does not answer: it runs one piece of JavaScript, or sleeps between tasks';

/** Until the function that this returns is called, the worker is not ended by a call of terminate(), but then. */
function hold(worker) {
    const own = Object.getOwnPropertyDescriptor(worker, 'terminate');
    const { terminate } = worker;
    let release;
    const released = new Promise((resolve) => { release = resolve; });
    worker.terminate = (...args) => released.then(() => terminate.apply(worker, args));
    return () => {
        delete worker.terminate;
        if (own !== undefined) {
            Object.defineProperty(worker, 'terminate', own);
        }
        release();
    };
}

class Commands {
    constructor(self, listeners) {
        this.orders = new Orders(self, listeners, (result) => this.answered(result));
        // by our number: { id, thread, until, text: for its board, isPut: there it lies, outsideAt, isHere: the file needs its worker no
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
            text: null, isPut: true, outsideAt: Infinity, isHere: false, isQueued: false, isOver: false, lose: null, bytes: 0 });
        if (thread !== 0) {
            this.give(number, order);
        } else if (command.do === 'snapshot') {
            this.send(number, () => require('v8').getHeapSnapshot(), {});
        } else {
            this.orders.take(order);
        }
        this.hub.pass();
    }

    give(number, order) {
        const waiting = this.waiting.get(number);
        if (order.do === 'snapshot') {
            waiting.outsideAt = Date.now() + OUTSIDE_MS;
            waiting.until = Date.now() + TAKE_MS;
        }
        waiting.text = JSON.stringify(order);
        this.put(number);
    }

    /** On the worker's board, when nothing else lies there. */
    put(number) {
        const order = this.waiting.get(number);
        const isolate = this.hub.isolates.get(order.thread);
        if (isolate === undefined || isolate.board.beat() === 0) {
            this.fail(number, 'no such worker reports');
        } else {
            order.isPut = isolate.board.give(order.text);
        }
    }

    /** A worker that has not begun with its snapshot: from outside, when it is the turn of that. */
    turnOutside(number, order) {
        const isolate = this.hub.isolates.get(order.thread);
        order.outsideAt = Infinity;
        if (!order.isPut || isolate === undefined || isolate.board.withdraw(order.text)) {
            order.isPut = true;
            this.send(number, () => this.takeOutside(order), {});
        }
    }

    /** A stream of the snapshot of a worker that does not come to it; all of it is read before the worker may end. */
    takeOutside(order) {
        const worker = this.workers.get(order.thread)?.deref();
        if (worker === undefined) {
            throw new Error(NOT_OURS);
        }
        const release = hold(worker);
        order.until = Date.now() + TAKE_MS;
        return new Promise((resolve, reject) => {
            order.lose = (error) => {
                release();
                reject(error);
            };
            worker.getHeapSnapshot().then((stream) => {
                if (order.isOver) {
                    stream.destroy();
                } else {
                    stream.read(0);
                    resolve(stream);
                }
                release();
            }, order.lose);
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
            if (now > order.outsideAt) {
                this.turnOutside(number, order);
            } else if (!order.isPut) {
                this.put(number);
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
