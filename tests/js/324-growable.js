'use strict';
// A growable SharedArrayBuffer: one isolate grows it, the other's views follow.
var wt = require('worker_threads');
var shared = new SharedArrayBuffer(4, { maxByteLength: 1 << 21 });
var words = new Int32Array(shared);
var bytes = new Uint8Array(shared, 0, 4);
function error(f) { try { return f(); } catch (e) { return e.name + ': ' + e.message; } }
console.log(shared.growable, shared.maxByteLength, shared.byteLength, words.length, new SharedArrayBuffer(2).growable);
var worker = new wt.Worker('var wt = require("worker_threads"); wt.parentPort.on("message", function (shared) {' +
    'var words = new Int32Array(shared); shared.grow(1 << 20); words[1000] = 42; Atomics.store(words, words.length - 1, 7);' +
    'wt.parentPort.postMessage([shared.growable, words.length]); wt.parentPort.close(); });', { eval: true });
worker.once('message', function (said) {
    console.log(said, shared.byteLength, words.length, words[1000], Atomics.load(words, words.length - 1), bytes.length);
    console.log(error(function () { shared.grow(8); }));
    console.log(error(function () { shared.grow((1 << 21) + 1); }));
    console.log(error(function () { new SharedArrayBuffer(8).grow(16); }));
    shared.grow(1 << 20);
    console.log(shared.slice(0, 8).growable, shared.slice(4000, 4004).byteLength, new Int32Array(shared.slice(4000, 4004))[0]);
});
worker.postMessage(shared);
