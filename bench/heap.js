// A heap of 1,000,000 objects written as a snapshot: how long, and how much memory on top. The same
// program for isorun and node; prints a
// line of JSON for each figure, under the name compare.mjs knows (p50_us: in the unit of its kind).
//   node bench/heap.js [OBJECTS]; build/bin/isorun bench/heap.js [OBJECTS]
'use strict';
var fs = require('fs');
var v8 = require('v8');
var measure = require('./measure');

function status(key) {
    return Number(new RegExp(key + ':\\s+(\\d+)').exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
}
function Item(i) { this.number = i; this.next = null; }

var count = Number(process.argv[2] || 1e6);
var kept = [];
for (var i = 0; i < count; i++) { kept.push(new Item(i)); }

var file = (process.env.TMPDIR || '/tmp') + '/isoscope-bench-' + process.pid + '.heapsnapshot';
var before = status('VmRSS');
fs.writeFileSync('/proc/self/clear_refs', '5'); // the peak from here on
var started = Date.now();
v8.writeHeapSnapshot(file);
var milliseconds = Date.now() - started;
var peak = status('VmHWM');
var size = fs.statSync(file).size;
fs.unlinkSync(file);
measure.report({ bench: 'heap_snapshot', kind: 'us', size: count, p50_us: milliseconds * 1e3 });
measure.report({ bench: 'heap_snapshot', kind: 'peak_kb', size: count, p50_us: (peak - before) / 1024 });
measure.report({ bench: 'heap_snapshot', kind: 'file_kb', size: count, p50_us: size / 1024 });
