// What an isolate says of itself, in shared memory: its figures, and a ring of lines. The isolate alone
// writes, at its own pace and without waiting; the main thread reads, so what a stuck or dead worker said
// last is still there. A full ring drops the new line and counts it.
//
//   words    LOCK (odd while figures are written), HEAD and TAIL (bytes of the ring ever written and
//            read), LOST (lines dropped), STATE, BEAT (reports made), ORDER (length of a waiting order)
//   figures  doubles, NaN where unknown: FIGURES, then used and total of each heap space
//   ring     length (4 bytes) and text, again and again, around the end
//   order    one line from the collector for this isolate
'use strict';

const LOCK = 0, HEAD = 1, TAIL = 2, LOST = 3, STATE = 4, BEAT = 5, ORDER = 6;
const WORDS = 16;
const FIGURES = ['used', 'total', 'limit', 'external', 'array_buffers', 'malloced', 'live', 'gc_count',
    'gc_seconds', 'gc_last_seconds', 'jobs', 'event_loop_utilization', 'event_loop_delay', 'asked_limit'];
const SPACES_MAX = 16;
const FIGURE_COUNT = FIGURES.length + 2 * SPACES_MAX;
const FIGURES_AT = WORDS * 4;
const RING_AT = FIGURES_AT + FIGURE_COUNT * 8;
const RING_BYTES = 16384;
const ORDER_AT = RING_AT + RING_BYTES;
const ORDER_BYTES = 512;
const LINE_MAX = 4096;
const TRIES = 100;

const RUNNING = 0, PARKED = 1, ENDED = 2;

class Board {
    /** Over the memory of another thread's board, or a new one. */
    constructor(memory = new SharedArrayBuffer(ORDER_AT + ORDER_BYTES)) {
        this.memory = memory;
        this.words = new Int32Array(memory, 0, WORDS);
        this.figures = new Float64Array(memory, FIGURES_AT, FIGURE_COUNT);
        this.ring = Buffer.from(memory, RING_AT, RING_BYTES);
        this.order = Buffer.from(memory, ORDER_AT, ORDER_BYTES);
        this.lostTold = 0;
    }

    // ---- the writer ----

    write(figures) {
        Atomics.add(this.words, LOCK, 1);
        this.figures.set(figures);
        Atomics.add(this.words, LOCK, 1);
        Atomics.add(this.words, BEAT, 1);
    }

    setState(state) {
        Atomics.store(this.words, STATE, state);
    }

    /** How much of the ring is taken, 0 to 1. */
    fill() {
        const { words } = this;
        return ((Atomics.load(words, HEAD) - Atomics.load(words, TAIL)) >>> 0) / RING_BYTES;
    }

    lose(count) {
        Atomics.add(this.words, LOST, count);
    }

    /** Whether a line of so many bytes has room now. */
    hasRoom(bytes) {
        const used = (Atomics.load(this.words, HEAD) - Atomics.load(this.words, TAIL)) >>> 0;
        return bytes <= LINE_MAX && used + 4 + bytes <= RING_BYTES;
    }

    /** False when there was no room. */
    push(text) {
        const bytes = Buffer.from(text);
        const { words } = this;
        const head = Atomics.load(words, HEAD);
        if (!this.hasRoom(bytes.length)) {
            this.lose(1);
            return false;
        }
        const length = Buffer.alloc(4);
        length.writeUInt32LE(bytes.length);
        this.put(head, length);
        this.put(head + 4, bytes);
        Atomics.store(words, HEAD, (head + 4 + bytes.length) | 0);
        return true;
    }

    put(at, bytes) {
        const start = (at >>> 0) % RING_BYTES;
        const first = Math.min(bytes.length, RING_BYTES - start);
        bytes.copy(this.ring, start, 0, first);
        bytes.copy(this.ring, 0, first);
    }

    /** The order that waits for this isolate, once; undefined when none does. */
    takeOrder() {
        const length = Atomics.load(this.words, ORDER);
        if (length === 0) {
            return undefined;
        }
        const text = Buffer.from(this.order.subarray(0, length)).toString();
        return Atomics.compareExchange(this.words, ORDER, length, 0) === length ? text : undefined;
    }

    // ---- the reader ----

    state() {
        return Atomics.load(this.words, STATE);
    }

    beat() {
        return Atomics.load(this.words, BEAT);
    }

    /** The figures of one report; null while one is being written for too long. */
    read() {
        for (let i = 0; i < TRIES; i++) {
            const before = Atomics.load(this.words, LOCK);
            if (before % 2 === 0) {
                const copy = Float64Array.from(this.figures);
                if (Atomics.load(this.words, LOCK) === before) {
                    return copy;
                }
            }
        }
        return null;
    }

    get(at, length) {
        const start = (at >>> 0) % RING_BYTES;
        const first = Math.min(length, RING_BYTES - start);
        return Buffer.concat([this.ring.subarray(start, start + first), this.ring.subarray(0, length - first)]);
    }

    /** All lines that came, oldest first. */
    pull() {
        const lines = [];
        const head = Atomics.load(this.words, HEAD);
        let tail = Atomics.load(this.words, TAIL);
        while (tail !== head) {
            const length = this.get(tail, 4).readUInt32LE();
            lines.push(this.get(tail + 4, length).toString());
            tail = (tail + 4 + length) | 0;
        }
        Atomics.store(this.words, TAIL, tail);
        return lines;
    }

    /** Lines dropped since the last call. */
    pullLost() {
        const lost = Atomics.load(this.words, LOST);
        const more = (lost - this.lostTold) >>> 0;
        this.lostTold = lost;
        return more;
    }

    /** Takes an order back; false when the isolate has taken it already. */
    withdraw(text) {
        const { length } = Buffer.from(text);
        return this.order.toString('utf8', 0, length) === text &&
            Atomics.compareExchange(this.words, ORDER, length, 0) === length;
    }

    /** False while another one waits, or when it is too long. */
    give(text) {
        const bytes = Buffer.from(text);
        if (Atomics.load(this.words, ORDER) !== 0 || bytes.length > ORDER_BYTES) {
            return false;
        }
        bytes.copy(this.order);
        Atomics.store(this.words, ORDER, bytes.length);
        return true;
    }
}

module.exports = { Board, LINE_MAX, FIGURES, FIGURE_COUNT, SPACES_MAX, RUNNING, PARKED, ENDED };
