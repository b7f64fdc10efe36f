// What sampling costs a loop that does nothing but allocate: the same work without a profile, with one
// at the default interval, and with one at 16 KiB; isorun only.
'use strict';
var isoscope = require('isoscope');

function make(i) { return { number: i, list: [i, i + 1], text: 'item ' + i }; }
function run() {
    var started = process.hrtime();
    var kept = [];
    for (var i = 0; i < 300000; i++) {
        kept.push(make(i));
        if (kept.length === 1000) { kept = []; }
    }
    var took = process.hrtime(started);
    return took[0] * 1e3 + took[1] / 1e6;
}
function median(list) { return list.sort(function (a, b) { return a - b; })[list.length >> 1]; }

var off = [], on = [], often = [];
for (var round = 0; round < 9; round++) {
    off.push(run());
    isoscope.heapProfile.start();
    on.push(run());
    isoscope.heapProfile.stop();
    isoscope.heapProfile.start({ interval: 16384 });
    often.push(run());
    isoscope.heapProfile.stop();
}
console.log(JSON.stringify({ bench: 'heap profile', ms_off: median(off), ms_512_kib: median(on),
    ms_16_kib: median(often) }));
