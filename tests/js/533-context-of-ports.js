// main only: it makes its own workers
// What comes through a port or from a worker is heard in the context that made it, whoever listens or
// posts.
const { AsyncLocalStorage } = require('async_hooks');
const { MessageChannel, Worker, BroadcastChannel } = require('worker_threads');
const als = new AsyncLocalStorage();
const within = (store, run) => als.run(store, run);
const told = (...what) => console.log(...what, als.getStore());
const closed = (port, listen) => new Promise((resolve) => {
    listen(port);
    port.once('close', resolve);
});

async function ports() {
    const { port1, port2 } = within('made', () => new MessageChannel());
    within('listening', () => port2.on('message', (value) => {
        told('message', value);
        Promise.resolve().then(() => told('then'));
        process.nextTick(() => told('tick'));
        if (value === 2) { within('closing', () => port1.close()); }
    }));
    within('posting', () => port1.postMessage(1));
    port1.postMessage(2);
    await closed(port2, () => port2.on('close', () => told('close')));
    const other = als.exit(() => new MessageChannel());
    within('inside', () => other.port1.once('message', (value) => { told('once', value); other.port1.close(); }));
    within('inside', () => other.port2.postMessage(3));
    await closed(other.port1, () => {});
    const events = within('events', () => new MessageChannel());
    events.port1.onmessage = (event) => { told('onmessage', event.data); events.port1.close(); };
    events.port2.postMessage(4);
    await closed(events.port1, () => {});
}

function broadcast() {
    return new Promise((resolve) => within('members', () => {
        const one = new BroadcastChannel('context'), two = new BroadcastChannel('context');
        one.onmessage = (event) => { told('broadcast', event.data); one.close(); two.close(); resolve(); };
        within('posting', () => two.postMessage(5));
    }));
}

function worker(code, name) {
    return new Promise((resolve) => {
        const made = within(name, () => new Worker(code, { eval: true }));
        within('listening', () => {
            for (const type of ['online', 'message', 'error', 'exit']) {
                made.on(type, (value) => { told(name, type, value instanceof Error ? value.message : value); });
            }
            made.on('exit', resolve);
        });
        within('posting', () => made.postMessage(6));
    });
}

(async () => {
    await ports();
    await broadcast();
    await worker('const { parentPort } = require("worker_threads"); parentPort.once("message", (value) => parentPort.postMessage(value))', 'echo');
    await worker('throw new Error("thrown")', 'fails');
    told('outside');
})();
