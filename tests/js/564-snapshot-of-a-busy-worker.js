// main only: it makes its own workers
// isorun only: Node's workers answer only between their turns
// A worker that never returns to its loop gives a snapshot; one that ends meanwhile refuses; figures need no answer.
var threads = require('worker_threads');
var busy = new threads.Worker('require("worker_threads").parentPort.postMessage(0); for (;;) {}', { eval: true });
busy.on('message', function () {
    busy.getHeapStatistics().then(function (figures) {
        console.log(Object.keys(figures).length, figures.used_heap_size > 0, figures.used_heap_size <= figures.total_heap_size,
            figures.total_heap_size <= figures.heap_size_limit);
        return busy.getHeapSnapshot();
    }).then(function (snapshot) {
        var text = '';
        snapshot.on('data', function (data) { text += data; }).on('end', function () {
            console.log(Object.keys(JSON.parse(text)).join(' '));
            busy.terminate().then(function () { return busy.getHeapStatistics(); }).catch(function (error) {
                console.log(error.code);
                parked();
            });
        });
    });
});
function parked() {
    var word = new Int32Array(new SharedArrayBuffer(4));
    var worker = new threads.Worker('var port = require("worker_threads").parentPort; port.postMessage(0); Atomics.wait(require("worker_threads").workerData, 0, 0);',
        { eval: true, workerData: word });
    worker.on('message', function () {
        worker.getHeapSnapshot().then(function () { console.log('given'); }, function (error) { console.log(error.code); });
        worker.terminate();
    });
}
