// The connection to the collector, held by the main thread. It never keeps the process alive, waits for
// nothing, and tries again every second for as long as the process lives. What can't be sent is kept up
// to KEEP_BYTES, then the oldest lines go and are counted. Who doesn't read for GIVE_UP_MS is left. What was
// asked for, answers and pieces of files, is not dropped, keeps its order, and ends with the connection.
'use strict';

const { existsSync } = require('fs');
const { connect } = require('net');
const { guard } = require('./guard.js');

const KEEP_BYTES = 256 * 1024;
const RETRY_MS = 1000;
const REFUSED_MS = 10000;
const GIVE_UP_MS = 2000;
const LINE_MAX = 65535;
const UNWANTED = /^chunk: action (\d+) /; // an error of the collector

/** Where the collector may listen, in the order of all emitters. */
function socketPaths() {
    const { ISOSCOPE_SOCKET, XDG_RUNTIME_DIR } = process.env;
    if (ISOSCOPE_SOCKET) {
        return [ISOSCOPE_SOCKET];
    }
    return ['/run/isoscope/collector.sock',
        ...(XDG_RUNTIME_DIR ? [`${XDG_RUNTIME_DIR}/isoscope/collector.sock`] : []),
        `/tmp/isoscope-${process.getuid()}/collector.sock`];
}

class Link {
    /** onCommand(command) is called with what the collector orders, onRefused(id) with what it wants no more
     * of, onWelcome() when it is there, onGone() when it is not any more. */
    constructor(hello, { onCommand, onRefused, onWelcome, onGone }) {
        this.hello = hello;
        this.take = guard((line) => this.obey(JSON.parse(line)));
        this.onCommand = onCommand;
        this.onRefused = onRefused;
        this.onWelcome = onWelcome;
        this.onGone = onGone;
        this.socket = null;
        this.isWelcome = false;
        this.lines = [];
        this.bytes = 0;
        this.lost = 0;
        this.text = '';
        this.nextAt = 0;
        this.next = 0;
        this.writingSince = 0;
        this.answers = []; // { text, resolve, reject }: the latter of those who wait until it is out
        this.flying = [];  // those that were written last
    }

    /** To be called often: connects, and leaves who doesn't read. */
    tend(now) {
        if (this.socket === null) {
            if (now >= this.nextAt) {
                this.nextAt = now + RETRY_MS;
                this.open();
            }
        } else if (this.writingSince !== 0 && now - this.writingSince > GIVE_UP_MS) {
            this.socket.destroy();
        }
    }

    open() {
        const paths = socketPaths().filter((path) => existsSync(path));
        if (paths.length === 0) {
            return;
        }
        const socket = connect({ path: paths[this.next++ % paths.length] });
        this.socket = socket;
        socket.unref();
        socket.setEncoding('utf8');
        socket.on('connect', guard(() => socket.write(`${JSON.stringify(this.hello)}\n`)));
        socket.on('data', guard((text) => this.hear(text)));
        socket.on('error', () => {});
        socket.on('end', guard(() => socket.destroy()));
        socket.on('close', guard(() => this.closed(socket)));
    }

    closed(socket) {
        if (this.socket === socket) {
            this.socket = null;
            this.isWelcome = false;
            this.text = '';
            this.writingSince = 0;
            const left = [...this.flying, ...this.answers];
            this.flying = this.answers = [];
            left.forEach(({ reject }) => reject?.(new Error('the collector is gone')));
            this.onGone();
        }
    }

    /** Answers the collector that is there; nobody, when that is gone. */
    answer(text) {
        if (this.socket !== null && this.isWelcome) {
            this.answers.push({ text });
            this.flush();
        }
    }

    /** The same of a piece of much; settles once it is out. */
    deliver(text) {
        return new Promise((resolve, reject) => {
            if (this.socket === null || !this.isWelcome) {
                reject(new Error('the collector is gone'));
                return;
            }
            this.answers.push({ text, resolve, reject });
            this.flush();
        });
    }

    hear(text) {
        const lines = (this.text + text).split('\n');
        this.text = lines.pop().slice(0, LINE_MAX);
        for (const line of lines) {
            this.take(line);
        }
    }

    obey(message) {
        if (message.type === 'welcome') {
            this.isWelcome = true;
            this.onWelcome();
        } else if (message.type === 'command') {
            this.onCommand(message);
        } else if (message.error !== undefined && !this.isWelcome) {
            this.nextAt = Date.now() + REFUSED_MS;
        } else if (UNWANTED.test(message.error)) {
            this.onRefused(UNWANTED.exec(message.error)[1]);
        }
    }

    /** Whether so much waits that what can wait should. */
    isCrowded() {
        return this.bytes > KEEP_BYTES / 2;
    }

    /** Puts a line behind the others. */
    say(text) {
        if (text.length > LINE_MAX) {
            this.lost++;
            return;
        }
        this.lines.push(text);
        this.bytes += text.length + 1;
        while (this.bytes > KEEP_BYTES) {
            this.bytes -= this.lines.shift().length + 1;
            this.lost++;
        }
    }

    /** Sends what waits, unless what was sent before still does. */
    flush() {
        const { socket, lines, answers } = this;
        if (socket === null || !this.isWelcome || lines.length + answers.length === 0 || this.writingSince !== 0) {
            return;
        }
        this.lines = [];
        this.bytes = 0;
        this.answers = [];
        this.flying = answers;
        this.writingSince = Date.now();
        const text = [...lines, ...answers.map((each) => each.text)].join('\n');
        socket.write(`${text}\n`, guard((error) => {
            if (this.socket !== socket || error) {
                return; // closed() tells
            }
            this.writingSince = 0;
            this.flying = [];
            answers.forEach(({ resolve }) => resolve?.());
            this.flush();
        }));
    }
}

module.exports = { Link };
