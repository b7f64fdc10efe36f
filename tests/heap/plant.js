// A heap with a planted leak, whose size the program knows, written as a snapshot.
var v8 = require('v8');
function PlantedLeak() {
    this.rows = [];
    for (var i = 0; i < 10000; i++) { this.rows.push({ number: i, text: 'planted row ' + i }); }
    this.bytes = new Uint8Array(4 << 20);
}
function Innocent() { this.text = 'nothing'; }
globalThis.innocent = new Innocent();
gc();
var before = process.memoryUsage();
globalThis.leak = new PlantedLeak();
gc();
var after = process.memoryUsage();
v8.writeHeapSnapshot(process.argv[2]);
console.log(JSON.stringify({ heap: after.heapUsed - before.heapUsed, external: after.external - before.external }));
