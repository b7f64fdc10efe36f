// main only: it makes its own workers
// What the first worker of a process can do, later ones can, whose heaps are not built but copied: each of
// these tests runs in a worker of its own, one after another.
var Worker = require('worker_threads').Worker;
var names = ['280-symbols', '286-map-set', '205-classes', '209-async', '287-iterators',
    '310-math', '311-lazy-builtins', '312-array-methods', '320-typed-methods', '330-errors',
    '340-regexp-flags', '358-abort', '062-stack'];
var randoms = {};

function random(next) {
    new Worker('require("worker_threads").parentPort.postMessage(Math.random())', { eval: true })
        .on('message', function (value) { randoms[value] = true; }).on('exit', next);
}

function run(index) {
    if (index === names.length) {
        return random(function () { random(function () { random(function () {
            console.log(Object.keys(randoms).length);
        }); }); });
    }
    var worker = new Worker(__dirname + '/' + names[index] + '.js');
    worker.on('error', function (error) { console.log(names[index], error); });
    worker.on('exit', function (code) {
        console.log(names[index], code);
        run(index + 1);
    });
}
run(0);
