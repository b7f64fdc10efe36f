'use strict';
/*
 * What an await costs, microseconds each, in one isolate: of a value, of a promise that is settled, of
 * an async function without and with an await of its own, and one step of a chain of then(). Node
 * compiles the functions around it; what isorun can be fast at is the promise and the coroutine.
 * Runs on isorun and on Node.
 */
const measure = require('./measure.js');

const COUNT = 20000;
const ROUNDS = 5;

async function plain(value) { return value; }
async function waits(value) { await null; return value; }

const kinds = {
    async value(count) {
        for (let i = 0; i < count; i++) { await i; }
    },
    async promise(count) {
        const promise = Promise.resolve(1);
        for (let i = 0; i < count; i++) { await promise; }
    },
    async call(count) {
        for (let i = 0; i < count; i++) { await plain(i); }
    },
    async nested(count) {
        for (let i = 0; i < count; i++) { await waits(i); }
    },
    async then(count) {
        let promise = Promise.resolve(0);
        for (let i = 0; i < count; i++) { promise = promise.then((value) => value + 1); }
        await promise;
    },
};

async function main() {
    for (const kind of Object.keys(kinds)) {
        let best = Infinity;
        for (let round = 0; round < ROUNDS; round++) {
            const started = measure.now();
            await kinds[kind](COUNT);
            best = Math.min(best, (measure.now() - started) / COUNT);
        }
        measure.report({ bench: 'await', kind, size: 1, us_per_await: measure.round(best) });
    }
}

main();
