// main only: it makes its own workers
// Near its limit a worker's garbage is found beside long arrays, and nothing that only these refer to is lost.
var threads = require('worker_threads');

function work() {
    var kept = [], i, j;
    for (i = 0; i < 20; i++) {
        var long = [];
        for (j = 0; j < 1000; j++) {
            long.push({ at: i * 1000 + j, text: 'text ' + i + ' ' + j });
        }
        kept.push(long);
    }
    for (i = 0; i < 200000; i++) { // circles, which no count of references finds
        var one = { other: null, filling: [i, i + 1, i + 2, i + 3] };
        one.other = { other: one };
    }
    var whole = 0;
    kept.forEach(function (list, i) {
        list.forEach(function (item, j) {
            whole += item.at === i * 1000 + j && item.text === 'text ' + i + ' ' + j;
        });
    });
    require('worker_threads').parentPort.postMessage(whole);
}

var worker = new threads.Worker('(' + work + '())',
    { eval: true, resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 } });
worker.on('message', function (whole) { console.log('whole', whole); });
worker.on('error', function (error) { console.log(error.code); });
worker.on('exit', function (code) { console.log('exit', code); });
