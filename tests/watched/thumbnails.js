// A service that makes thumbnails in pools of Piscina, as published, under real Node.js: of one pool the
// jobs remember what they did in an index that nobody clears, the other one's do not. Tells what its leaking
// worker keeps a job, as V8 measures it there.   usage: thumbnails.js PISCINA JOBS PAUSE_MS
'use strict';
const { isMainThread } = require('node:worker_threads');
const v8 = require('node:v8');
const { runInNewContext } = require('node:vm');

const PIXELS = 1 << 21, EDGE = 64, COLOURS = 1500;

/** Bytes as they come from a decoder, made small. */
function shrink(seed) {
    const image = new Uint8ClampedArray(PIXELS);
    for (let i = 0; i < image.length; i += 4096) {
        image[i] = (i * 31 + seed * 17) & 255;
    }
    const small = new Uint8ClampedArray(EDGE * EDGE);
    for (let i = 0; i < small.length; i++) {
        small[i] = image[i * (PIXELS / small.length)];
    }
    return small;
}

const describe = (seed) => ({ url: `https://example.org/images/${seed}.png`,
    palette: Array.from({ length: COLOURS }, (_, i) => ({ colour: `#${(seed * 4099 + i).toString(16)}`, share: i / seed })) });

const index = new Map();

/** The job that leaks. */
module.exports = (seed) => {
    index.set(seed, describe(seed));
    return shrink(seed).length;
};
/** The one that does not. */
module.exports.plain = (seed) => shrink(seed).length + describe(seed).palette.length;
/** What is live, and how many jobs are remembered. */
module.exports.heap = () => {
    v8.setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    collect();
    collect();
    return { used: v8.getHeapStatistics().used_heap_size, kept: index.size };
};

if (isMainThread) {
    const [piscina, jobs, pause] = process.argv.slice(2);
    const { Piscina } = require(piscina);
    const make = (name) => new Piscina({ filename: __filename, name, minThreads: 1, maxThreads: 1, idleTimeout: 600000 });
    const leaking = make('default'), plain = make('plain');
    (async () => {
        console.log(JSON.stringify({ ready: process.pid }));
        await new Promise((go) => { process.stdin.once('data', go); });
        const first = await leaking.run(null, { name: 'heap' });
        for (let i = 1; i <= Number(jobs); i++) {
            await Promise.all([leaking.run(i), plain.run(i)]);
            await new Promise((done) => { setTimeout(done, Number(pause)); });
        }
        const last = await leaking.run(null, { name: 'heap' });
        console.log(JSON.stringify({ grown: last.used - first.used, kept: last.kept }));
        setInterval(() => {}, 1000);
    })();
}
