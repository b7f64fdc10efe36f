// isorun only: isoscope:pool is not Node's
// Whether a recycle helped is judged by what the old worker had live at its end, not when it was last
// measured: that is long ago when collections cost much.
var Pool = require('isoscope:pool');
var pool = new Pool({ filename: __dirname + '/fixtures/pool/grows.js', minThreads: 1, maxThreads: 1, recycle: {} });
var told;

function times(count, what, size) {
    return count === 0 ? Promise.resolve() :
        pool.run(size, { name: what }).then(function () { return times(count - 1, what, size); });
}
pool.on('recycle', function (entry) { told = entry; });
times(1, 'garbage', 300000).then(function () {
    return times(4, 'keep', 20000);
}).then(function () {
    return pool.recycle(pool.threads[0].threadId);
}).then(function () {
    return times(2, 'keep', 10000); // as it grows again, but it is far from what it was
}).then(function () {
    console.log(told.reason, told.helped);
    return pool.destroy();
});
