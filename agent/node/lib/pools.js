// Tasks of Piscina and tinypool as jobs. Their workers get tasks over a port of the pool's own, by its
// messages or, asleep in Atomics.wait(), by receiveMessageOnPort(); the answer goes back over the same port
// with the task's number. Both ends of a task are seen there, in the pools' own workers alone: no other
// program's ports are touched.
'use strict';

const threads = require('worker_threads');
const { basename, extname } = require('path');
const { syncBuiltinESMExports } = require('module');
const { guard } = require('./guard.js');

const ENTRIES = /[\\/](piscina[\\/]dist[\\/](src[\\/])?worker|tinypool[\\/]dist[\\/]entry[\\/]worker)\.[cm]?js$/;

const isPoolWorker = (file) => typeof file === 'string' && ENTRIES.test(file);

/** A task's job is called what the pool calls it, or after the file when that is a file's only one. */
function nameOf({ name, filename }) {
    const file = typeof filename === 'string' ? basename(filename, extname(filename)) : 'task';
    return typeof name === 'string' && name !== 'default' && name !== '' ? name : file;
}

class PoolWorker {
    constructor(self) {
        this.self = self;
        this.tasks = new Map();
        this.ports = new WeakSet();
        this.isNamed = false;
        this.arrived = guard(this.arrived.bind(this));
        this.answered = guard(this.answered.bind(this));
    }

    install() {
        const { MessagePort, receiveMessageOnPort, parentPort } = threads;
        const { on } = MessagePort.prototype;
        const pool = this;
        threads.receiveMessageOnPort = function (port) {
            const entry = receiveMessageOnPort(port);
            if (entry !== undefined) {
                pool.arrived(port, entry.message);
            }
            return entry;
        };
        MessagePort.prototype.on = function (type, listener, ...rest) {
            if (type !== 'message' || this === parentPort || typeof listener !== 'function') {
                return on.call(this, type, listener, ...rest);
            }
            return on.call(this, type, (message) => {
                pool.arrived(this, message);
                return listener(message);
            }, ...rest);
        };
        syncBuiltinESMExports();
    }

    /** A task begins; or it is something else, and none of ours. */
    arrived(port, message) {
        if (message === null || typeof message !== 'object' || !Number.isInteger(message.taskId)) {
            return;
        }
        if (!this.ports.has(port)) {
            this.watchAnswers(port);
        }
        if (!this.isNamed) {
            this.nameIsolate(message);
        }
        this.tasks.set(message.taskId, { name: nameOf(message), startedAt: this.self.begin() });
    }

    watchAnswers(port) {
        const { postMessage } = port;
        const pool = this;
        this.ports.add(port);
        port.postMessage = function (response, ...rest) {
            try {
                return postMessage.call(this, response, ...rest);
            } finally {
                pool.answered(response);
            }
        };
    }

    answered(response) {
        const id = response !== null && typeof response === 'object' ? response.taskId : undefined;
        const task = this.tasks.get(id);
        if (task !== undefined) {
            this.tasks.delete(id);
            this.self.finish(task.name, task.startedAt, true);
        }
    }

    nameIsolate(task) {
        this.isNamed = true;
        const { filename } = task;
        if (typeof filename === 'string') {
            this.self.say({ type: 'name', pool: basename(filename, extname(filename)) });
        }
    }
}

module.exports = { isPoolWorker, PoolWorker };
