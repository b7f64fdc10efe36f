'use strict';
/* Six workers in a container that is too small for them. Arguments: MB a second, `each` or `one`
 * (the rate is of all six together or of one alone), `heap` or `external` (what grows), and MB held
 * before it begins. Behind its schedule it catches up, so the pace is that of the clock. */
const wt = require('worker_threads');
const MB = 1 << 20;
const STEP_MS = 50;

function grow(rate, kind, held) {
    const kept = [];
    const piece = Math.max(4096, Math.floor(rate * MB * STEP_MS / 1000));
    const began = Date.now();
    let bytes = 0;
    function add(size) {
        bytes += size;
        kept.push(kind === 'heap' ? String(kept.length % 10).repeat(size) + kept.length :
            new Uint8Array(size).fill(1));
    }
    for (let left = held * MB; left > 0; left -= MB) {
        add(MB);
    }
    bytes = 0;
    setInterval(() => {
        while (bytes < (Date.now() - began) / 1000 * rate * MB) {
            add(piece);
        }
    }, STEP_MS);
}

if (wt.isMainThread) {
    const [rate, spread, kind, held] = process.argv.slice(2);
    for (let i = 0; i < 6; i++) {
        const share = spread === 'each' ? rate / 6 : i === 3 ? Number(rate) : 0;
        new wt.Worker(__filename, { name: 'worker-' + i, workerData: { rate: share, kind, held: held / 6 } });
    }
} else {
    const { rate, kind, held } = wt.workerData;
    grow(rate, kind, held);
    setInterval(() => 0, 1000);
}
