// What Atomics refuses, with Node's words.
function attempt(call) {
    try {
        console.log(String(call()));
    } catch (error) {
        console.log(error.name + ': ' + error.message);
    }
}
var shared = new Int32Array(new SharedArrayBuffer(16));
var own = new Int32Array(4);
[[], new Float64Array(2), new Float32Array(2), new Uint8ClampedArray(2), 1, undefined, null].forEach(
    function (value) {
        attempt(function () { return Atomics.add(value, 0, 1); });
        attempt(function () { return Atomics.load(value, 0); });
    });
attempt(function () { return Atomics.add(own, 4, 1); });
attempt(function () { return Atomics.add(own, -1, 1); });
attempt(function () { return Atomics.add(own, 1e20, 1); });
attempt(function () { return Atomics.add(own, NaN, 1); });
attempt(function () { return Atomics.wait(own, 0, 0, 0); });
attempt(function () { return Atomics.wait(new Int16Array(4), 0, 0, 0); });
attempt(function () { return Atomics.wait(new Uint32Array(shared.buffer), 0, 0, 0); });
attempt(function () { return Atomics.wait(shared, 4, 0, 0); });
attempt(function () { return Atomics.notify(own, 0, 1); });
attempt(function () { return Atomics.notify(new Int8Array(4), 0, 1); });
attempt(function () { return Atomics.notify([], 0, 1); });
attempt(function () { return Atomics.notify(shared, 4); });
attempt(function () { return Atomics.notify(shared, 0, -3); });
var order = [];
attempt(function () {
    Atomics.add(own, { valueOf: function () { order.push('index'); return 0; } },
        { valueOf: function () { order.push('value'); return 1; } });
    return order.join();
});
