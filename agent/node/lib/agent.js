// Puts the parts together, once an isolate. Owns nothing but what it starts.
'use strict';

const threads = require('worker_threads');
const v8 = require('v8');
const { basename, extname } = require('path');
const { watchBlocks } = require('./blocks.js');
const { Board } = require('./board.js');
const { guard } = require('./guard.js');
const { job } = require('./jobs.js');
const { Orders } = require('./orders.js');
const { isPoolWorker, PoolWorker } = require('./pools.js');
const { Self } = require('./self.js');
const { borrowed, followWorkers } = require('./workers.js');

const INTERVAL_MS = 1000;
const INTERVAL_MIN_MS = 50, INTERVAL_MAX_MS = 3600000;

const listeners = new Set();
let self = null;

const api = {
    job: (name, fn) => (self === null ? fn() : job(self, name, fn)),
    name: guard((name) => { self.say({ type: 'name', name: String(name).slice(0, 255) }); }),
    on(event, listener) {
        if (event === 'recycle' && typeof listener === 'function') {
            listeners.add(listener);
        }
    },
    off(event, listener) {
        listeners.delete(listener);
    },
};

function processName() {
    const script = process.argv[1];
    return process.env.ISOSCOPE_NAME || (script ? basename(script, extname(script)) : 'node');
}

function startMain(board, channel) {
    const { Commands } = require('./commands.js'); // not in workers: the network's modules come with them
    const { Hub } = require('./hub.js');
    const commands = new Commands(self, listeners);
    const hub = new Hub({ self, board, channel, commands, processName: processName(),
        spaceNames: v8.getHeapSpaceStatistics().map((space) => space.space_name.replace(/_space$/, '')) });
    commands.hub = hub;
    watchBlocks((line) => hub.passOn(JSON.stringify(line)));
    followWorkers(0, (line) => hub.passOn(JSON.stringify(line)), guard(() => new Board().memory), (thread, worker, memory) => {
        commands.worker(thread, worker);
        hub.meet({ thread, memory });
    });
}

/** Of a worker of a worker: nobody else can lend it a board that the main thread has. The first message makes Node 22 and
 * later load a whole library there, so others do not. */
function announce(board, channel) {
    const { threadId, BroadcastChannel } = threads;
    const port = new BroadcastChannel(channel);
    try {
        port.postMessage({ thread: threadId, memory: board.memory });
    } finally {
        port.close(); // open, it would keep the worker alive
    }
}

function startWorker(board, channel) {
    const { threadId } = threads;
    if (channel !== null) {
        announce(board, channel);
    }
    const orders = new Orders(self, listeners, (result) => self.owe(result));
    self.onOrder = (order) => orders.take(order);
    followWorkers(threadId, (line) => self.say(line), () => null, () => {});
    process.nextTick(guard(() => {
        if (isPoolWorker(process.argv[1])) {
            new PoolWorker(self).install();
        }
    }));
}

const start = guard(() => {
    const channel = `isoscope:${process.pid}`;
    const wanted = Number(process.env.ISOSCOPE_INTERVAL) || INTERVAL_MS;
    const interval = Math.min(INTERVAL_MAX_MS, Math.max(INTERVAL_MIN_MS, wanted));
    const lent = threads.isMainThread ? undefined : borrowed();
    const board = new Board(lent);
    const isolate = new Self(board, threads.isMainThread ? 0 : threads.threadId, interval);
    isolate.start();
    self = isolate;
    (threads.isMainThread ? startMain : startWorker)(board, lent === undefined ? channel : null);
});

module.exports = { start, api };
