// isorun only: isoscope:pool is not Node's
// Buffers that move with a task and with its result, and the pool that hands them out again.
var Pool = require('isoscope:pool');
var pool = new Pool({ filename: __dirname + '/fixtures/pool/tasks.js', maxThreads: 1 });
var bytes = new Uint8Array([1, 2, 3]);
var moved = new Uint8Array([4, 5, 6]);
var sums = [pool.run(bytes, { name: 'sum' }), pool.run(moved, { name: 'sum', transferList: [moved.buffer] })];
console.log(bytes.length, moved.length);
sums[0].then(console.log);
sums[1].then(console.log).then(function () {
    var view = new Uint8Array([7, 8]);
    var promise = pool.run(Pool.move(view), { name: 'sum' });
    console.log(view.length, Pool.move(5));
    return promise;
}).then(console.log).then(function () {
    return pool.run(5000, { name: 'fills' });
}).then(function (value) {
    console.log(value.constructor.name, value.length);
    var buffers = new Pool.BufferPool(1024, { max: 2 });
    var left = 10;
    function round() {
        var buffer = buffers.take();
        var promise = pool.run(buffer, { name: 'roundTrip', transferList: [buffer] });
        return promise.then(function (back) {
            buffers.give(back);
            return --left > 0 ? round() : new Uint8Array(back)[0];
        });
    }
    return round().then(function (count) {
        console.log(count, buffers.made, buffers.reused, buffers.free, buffers.refused);
        console.log(buffers.give(new ArrayBuffer(5)), buffers.give(new Uint8Array(1024)), buffers.give(new ArrayBuffer(1024)), buffers.refused);
    });
});
