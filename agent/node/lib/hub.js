// The main thread's part: collects the boards of all isolates of the process and tells the collector. One
// pass every PASS_MS; figures of an isolate go out at its own pace, which is when it has written new ones.
// A worker that is stuck writes none, so the collector sees that it fell silent.
'use strict';

const { BroadcastChannel } = require('worker_threads');
const { FIGURES, PARKED, ENDED, SPACES_MAX, Board } = require('./board.js');
const { guard } = require('./guard.js');
const { Link } = require('./link.js');

const PASS_MS = 250;

/** The flag that sets the limit of every heap of the process, and where it stands; null for none. */
function limitFlag() {
    const find = (words) => words.filter((word) => /^--max[-_](old[-_]space|heap)[-_]size/.test(word)).at(-1);
    const given = find(process.execArgv);
    const inherited = find((process.env.NODE_OPTIONS ?? '').split(/\s+/));
    return given !== undefined ? `${given} of the command line`
        : inherited !== undefined ? `${inherited} in NODE_OPTIONS` : null;
}

const known = (value) => (Number.isNaN(value) ? null : value);

class Isolate {
    constructor(board) {
        this.board = board;
        this.beat = -1;
        this.toldAt = 0;
    }
}

class Hub {
    constructor({ self, board, channel, processName, spaceNames, commands }) {
        this.self = self;
        this.isolates = new Map([[0, new Isolate(board)]]);
        this.names = new Map([[0, 'main']]);
        this.given = new Map(); // names that isolates gave themselves
        this.parents = new Map();
        this.limited = new Set(); // workers that were given a heap limit of their own
        this.spaceNames = spaceNames;
        this.commands = commands;
        this.interval = self.interval;
        this.lost = 0;
        this.link = new Link({ type: 'hello', version: 1, pid: process.pid, name: processName, kind: 'v8',
            limit_flag: limitFlag() }, {
            onCommand: (command) => commands.take(command),
            onRefused: (id) => commands.refused(id),
            onWelcome: () => this.again(),
            onGone: () => commands.forget(),
        });
        this.channel = new BroadcastChannel(channel);
        this.channel.onmessage = guard(({ data }) => this.meet(data));
        this.channel.unref();
        this.timer = setInterval(guard(() => this.pass()), PASS_MS);
        this.timer.unref();
        process.on('exit', guard((code) => this.end(code)));
        this.link.tend(Date.now());
    }

    /** A worker's board: lent to it, or shown by it. */
    meet({ thread, memory }) {
        this.isolates.set(thread, new Isolate(new Board(memory)));
    }

    /** A collector that knows nothing yet. */
    again() {
        for (const isolate of this.isolates.values()) {
            isolate.beat = -1;
        }
        this.link.flush(); // what waited, so that there is room for figures
        this.pass();
    }

    pass() {
        const now = Date.now();
        this.link.tend(now);
        for (const [thread, isolate] of this.isolates) {
            this.drain(thread, isolate);
            this.tell(thread, isolate, now);
        }
        this.tellLost();
        this.commands.tend(now);
        this.link.flush();
    }

    drain(thread, { board }) {
        for (const line of board.pull()) {
            this.hear(thread, line);
        }
        this.lost += board.pullLost();
    }

    /** A line of an isolate: for us, or on to the collector. */
    hear(thread, text) {
        if (text.startsWith('{"type":"name"')) {
            const { name, pool } = JSON.parse(text);
            this.given.set(thread, name ?? `${pool}-${thread}`);
        } else if (text.startsWith('{"type":"result"')) {
            this.commands.answered(JSON.parse(text));
        } else {
            this.passOn(text);
        }
    }

    passOn(text) {
        if (text.startsWith('{"type":"spawn"')) {
            const { thread, name, parent, limit } = JSON.parse(text);
            this.names.set(thread, name);
            if (limit !== null) {
                this.limited.add(thread);
            }
            this.parents.set(thread, parent);
        } else if (text.startsWith('{"type":"exit"')) {
            this.forget(JSON.parse(text).thread);
        }
        this.link.say(text);
    }

    /** It has ended, and so have those that it started. */
    forget(thread) {
        const isolate = this.isolates.get(thread);
        if (isolate !== undefined) {
            this.isolates.delete(thread);
            this.drain(thread, isolate);
            this.tell(thread, isolate, Infinity);
        }
        for (const [child, parent] of this.parents) {
            if (parent === thread) {
                this.parents.delete(child);
                this.forget(child);
                this.link.say(JSON.stringify({ type: 'exit', thread: child, t: Date.now() / 1000, code: 1 }));
            }
        }
        this.parents.delete(thread);
        this.limited.delete(thread);
        this.names.delete(thread);
        this.given.delete(thread);
        this.commands.ended(thread);
    }

    tell(thread, isolate, now) {
        const { board } = isolate;
        const beat = board.beat();
        if (beat === 0) {
            return; // lent to somebody who does not write yet
        }
        const state = board.state();
        const isFresh = beat !== isolate.beat;
        const isQuiet = state === PARKED && now - isolate.toldAt >= this.interval;
        if (!(isFresh && (now - isolate.toldAt >= this.interval || isolate.beat === -1)) && !isQuiet) {
            return;
        }
        if (this.link.isCrowded() && now !== Infinity) {
            return; // happenings need the room; figures are newer in the next pass
        }
        const figures = board.read();
        if (figures === null) {
            return;
        }
        isolate.beat = beat;
        isolate.toldAt = now === Infinity ? Date.now() : now;
        this.link.say(JSON.stringify(this.heapLine(thread, figures, state)));
    }

    heapLine(thread, figures, state) {
        const line = { type: 'heap', thread, name: this.given.get(thread) ?? this.names.get(thread) ?? `worker-${thread}` };
        FIGURES.forEach((name, index) => { line[name] = known(figures[index]); });
        if (!this.limited.has(thread)) {
            line.asked_limit = null; // it has the engine's default
        }
        line.state = state === PARKED ? 'idle' : 'running';
        line.spaces = {};
        for (let i = 0; i < this.spaceNames.length && i < SPACES_MAX; i++) {
            const at = FIGURES.length + 2 * i;
            if (figures[at + 1] > 0) {
                line.spaces[this.spaceNames[i]] = [figures[at], figures[at + 1]];
            }
        }
        return line;
    }

    tellLost() {
        const count = this.lost + this.link.lost;
        if (count > 0 && this.link.isWelcome) {
            this.lost = this.link.lost = 0;
            this.link.say(JSON.stringify({ type: 'lost', thread: 0, count }));
        }
    }

    /** The process ends: what the kernel takes at once is still told. */
    end(code) {
        for (const [thread, isolate] of this.isolates) {
            this.drain(thread, isolate);
            this.tell(thread, isolate, Infinity);
        }
        this.link.say(JSON.stringify({ type: 'exit', thread: 0, t: Date.now() / 1000, code }));
        this.link.flush();
    }
}

module.exports = { Hub, ENDED };
