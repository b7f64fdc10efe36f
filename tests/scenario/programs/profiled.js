// Isolates in every state in which somebody may want to see a heap: idle with a leak, in a loop
// that never ends.
'use strict';
var threads = require('worker_threads');
var Worker = threads.Worker, isMainThread = threads.isMainThread, workerData = threads.workerData;

if (isMainThread) {
    ['leaking', 'spinning'].forEach(function (name) {
        new Worker(__filename, { name: name, workerData: name });
    });
    setInterval(function () {}, 1000);
} else if (workerData === 'leaking') {
    function Leaked(number) { this.number = number; this.text = 'leak ' + number; }
    globalThis.leak = [];
    for (var i = 0; i < 10000; i++) { globalThis.leak.push(new Leaked(i)); }
    setInterval(function grow() {
        for (var k = 0; k < 1000; k++) { globalThis.leak.push(new Leaked(k)); }
    }, 10);
} else {
    function Spun() { this.kept = [1, 2, 3]; }
    var kept = [];
    for (;;) { kept.push(new Spun()); if (kept.length > 1000) { kept = []; } }
}
