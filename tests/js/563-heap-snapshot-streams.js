// main only: it makes its own workers
// v8.getHeapSnapshot() and worker.getHeapSnapshot(): streams of JSON that a parser of snapshots takes.
var v8 = require('v8');
var stream = require('stream');
var threads = require('worker_threads');
function read(snapshot, then) {
    var text = '';
    snapshot.setEncoding('utf8').on('data', function (data) { text += data; }).on('close', function () {
        var heap = JSON.parse(text);
        var fields = heap.snapshot.meta.node_fields.length;
        console.log(heap.nodes.length === heap.snapshot.node_count * fields, heap.edges.length > heap.snapshot.edge_count,
            heap.strings.indexOf('Kept') > 0);
        then();
    });
}
function Kept() {}
global.kept = new Kept();
var own = v8.getHeapSnapshot({ exposeInternals: false });
console.log(own instanceof stream.Readable, own.constructor.name, own.readableObjectMode);
[5, { exposeInternals: 1 }, { exposeNumericValues: 'yes' }].forEach(function (options) {
    try { v8.getHeapSnapshot(options); } catch (error) { console.log(error.name, error.code, error.message); }
});
read(own, function () {
    var program = 'function Kept() {} global.kept = new Kept(); require("worker_threads").parentPort.postMessage(0); setInterval(function () {}, 1000);';
    var worker = new threads.Worker(program, { eval: true });
    try { worker.getHeapSnapshot(5); } catch (error) { console.log(error.name, error.code); }
    worker.on('message', function () {
        var asked = worker.getHeapSnapshot();
        console.log(asked instanceof Promise);
        asked.then(function (snapshot) {
            console.log(snapshot instanceof stream.Readable, snapshot.constructor.name);
            read(snapshot, function () {
                worker.terminate().then(function () { return worker.getHeapSnapshot(); }).catch(function (error) {
                    console.log(error.name, error.code, error.message);
                });
            });
        });
    });
});
