'use strict';
/* Workers that leak, each in its own way, at the line that is marked LINE and its name; arguments: milliseconds from the end of one job to the next, kinds. */
const { Worker, isMainThread, parentPort, workerData, threadName } = require('worker_threads');

if (isMainThread) {
    const pause = Number(process.argv[2]);
    for (const kind of process.argv.slice(3)) {
        const worker = new Worker(__filename, { name: kind, workerData: { kind }, resourceLimits: { maxOldGenerationSizeMb: 96 } });
        const send = () => worker.postMessage({ text: 'x'.repeat(1000), list: [1, 2, 3] });
        worker.on('message', () => setTimeout(send, pause));
        worker.on('error', (error) => console.error(`${kind}: ${error.message}`));
        send();
    }
} else {
    const kept = [];
    const map = new Map();
    const listeners = new (require('events'))();
    listeners.setMaxListeners(0);
    class Tile {
        constructor(number, row) {
            this.number = number;
            this.row = row;
            this.name = null;
        }
    }
    let number = 0;
    const leaks = {
        instances() {
            for (let row = 0; row < 500; row++) {
                kept.push(new Tile(number, row)); // LINE instances
            }
        },
        closures() {
            for (let row = 0; row < 200; row++) {
                kept.push(() => number + row); // LINE closures
            }
        },
        map() {
            for (let row = 0; row < 500; row++) {
                map.set(`${number}/${row}`, { row }); // LINE map
            }
        },
        strings() {
            for (let row = 0; row < 50; row++) {
                kept.push(`${number}/${row}`.repeat(200)); // LINE strings
            }
        },
        buffers() {
            kept.push(new Uint8Array(1 << 20)); // LINE buffers
        },
        messages(message) {
            kept.push(message);
        },
        numbers() {
            for (let row = 0; row < 4000; row++) {
                map.set(number * 4000 + row, row); // LINE numbers
            }
        },
        listeners() {
            for (let row = 0; row < 100; row++) {
                listeners.on('done', () => row); // LINE listeners
            }
        },
        none() {},
    };
    const churn = () => {
        let all = [];
        for (let i = 0; i < 300; i++) {
            all.push({ i, text: 'row ' + i });
        }
        return all.length;
    };
    parentPort.on('message', (message) => {
        number++;
        churn();
        leaks[workerData.kind](message);
        parentPort.postMessage(number);
    });
}
