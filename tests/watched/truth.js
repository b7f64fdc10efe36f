// Preloaded into a program, before what watches it: holds it back until it is watched (file `go`), and writes
// down what each isolate measures of itself: its heap after full collections, and the messages it sent that
// are not Node's own. Files in TRUTH_DIR, one a thread and kind, JSON.
'use strict';
const { isMainThread, threadId, MessagePort } = require('node:worker_threads');
const { appendFileSync, existsSync, writeFileSync } = require('node:fs');
const v8 = require('node:v8');

const DIR = process.env.TRUTH_DIR;
const INTERVAL_MS = 100;
const INTERNAL = new Set(['upAndRunning', 'couldNotSerializeError', 'errorMessage', 'stdioPayload', 'stdioWantsMoreData',
    'loadScript']);

let turns = 0;
const forced = globalThis.gc;

function measure() {
    forced();
    forced();
    const { used_heap_size: used } = v8.getHeapStatistics();
    writeFileSync(`${DIR}/${threadId}.heap`, JSON.stringify({ used, turns }));
}

/** Bytes of a clone; null where only Node can tell. */
function sizeOf(value, list) {
    const isElsewhere = (part) => part instanceof SharedArrayBuffer || (list ?? []).includes(part);
    try {
        if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
            return v8.serialize(Object.fromEntries(Object.entries(value)
                .map(([key, part]) => [key, isElsewhere(part) ? null : part]))).length;
        }
        return v8.serialize(value).length;
    } catch {
        return null;
    }
}

const { postMessage } = MessagePort.prototype;
MessagePort.prototype.postMessage = function (value, list, ...rest) {
    const isOwn = value === null || typeof value !== 'object' || !INTERNAL.has(value.type);
    const moved = Array.isArray(list) ? list.filter((part) => part instanceof ArrayBuffer) : [];
    const line = isOwn && { bytes: sizeOf(value, list), moves: moved.length,
        moved: moved.reduce((sum, part) => sum + part.byteLength, 0) };
    const posted = postMessage.call(this, value, list, ...rest); // a BroadcastChannel looks at it
    if (isOwn) {
        appendFileSync(`${DIR}/${threadId}.messages`, `${JSON.stringify(line)}\n`);
    }
    return posted;
};

if (isMainThread) {
    writeFileSync(`${DIR}/ready`, '');
    const nap = new Int32Array(new SharedArrayBuffer(4));
    while (!existsSync(`${DIR}/go`)) {
        Atomics.wait(nap, 0, 0, 5);
    }
}
writeFileSync(`${DIR}/${threadId}.thread`, '');
setInterval(() => { turns++; measure(); }, INTERVAL_MS).unref();
process.on('exit', measure);
