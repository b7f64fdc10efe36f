// Atomics.waitAsync: what is told at once, who is woken in which order, by whom, and when time is over.
var threads = require('worker_threads');
var words = new Int32Array(new SharedArrayBuffer(64));
function show(label, run) {
    try { console.log(label, run()); } catch (error) { console.log(label, error.name, error.message); }
}
show('other value', function () { return Atomics.waitAsync(words, 0, 1); });
show('no time', function () { return Atomics.waitAsync(words, 0, 0, 0); });
show('less than none', function () { return Atomics.waitAsync(words, 0, 0, -5); });
show('no time, other value', function () { return Atomics.waitAsync(words, 0, 1, 0); });
show('not shared', function () { return Atomics.waitAsync(new Int32Array(4), 0, 0); });
show('index', function () { return Atomics.waitAsync(words, 16, 0); });
show('no view', function () { return Atomics.waitAsync({}, 0, 0); });
show('kind', function () { return Atomics.waitAsync(new Uint8Array(new SharedArrayBuffer(4)), 0, 0); });
show('shape', function () { return [Atomics.waitAsync.length, Atomics.waitAsync.name]; });

var order = [];
function wait(label, index, timeout) {
    var result = Atomics.waitAsync(words, index, 0, timeout);
    console.log(label, result.async, result.value instanceof Promise, Object.keys(result));
    return result.value.then(function (how) { order.push(label + ' ' + how); });
}
var hold = setInterval(function () {}, 1000); // waits do not keep the isolate alive
var first = wait('first', 1), second = wait('second', 1, Infinity), third = wait('third', 1, 1e9);
console.log(Atomics.notify(words, 1, 2), order.length);
Promise.all([first, second]).then(function () {
    console.log(order, Atomics.notify(words, 1), Atomics.notify(words, 1));
    return third;
}).then(function () {
    return wait('late', 2, 5);
}).then(function () {
    console.log(order, Atomics.notify(words, 2));
    var far = wait('far', 3);
    new threads.Worker('var words = require("worker_threads").workerData; while (Atomics.notify(words, 3) === 0) {}', { eval: true, workerData: words });
    return far;
}).then(function () {
    clearInterval(hold);
    console.log(order);
    Atomics.waitAsync(words, 4, 0).value.then(function () { console.log('never'); });
});
