// isorun only: isoscope:pool is not Node's
// A worker whose live heap rises with its jobs is replaced, a steady one is not; a leak that is back at
// once makes the pool stop and say so.
var Pool = require('isoscope:pool');
var file = __dirname + '/fixtures/pool/tasks.js';

function run(pool, left, bytes) {
    return left === 0 ? Promise.resolve() : pool.run(bytes).then(function () {
        return new Promise(function (next) { setTimeout(next, 1); });
    }).then(function () { return run(pool, left - 1, bytes); });
}
function until(what, pool, bytes, left) {
    return what() || left === 0 ? Promise.resolve() :
        run(pool, 5, bytes).then(function () { return until(what, pool, bytes, left - 1); });
}
var leaks = new Pool({ filename: file, name: 'keeps', minThreads: 1, maxThreads: 1, recycle: { drift: { bytes: 1 << 18 }, stagger: 0 } });
var steady = new Pool({ filename: file, minThreads: 1, maxThreads: 1, recycle: { drift: true, stagger: 0 } });
var entries = [], refusals = [];
leaks.on('recycle', function (entry) { entries.push(entry); });
leaks.on('recycleRefused', function (refusal) { refusals.push(refusal); });
until(function () { return entries.length > 0; }, leaks, 100000, 100).then(function () {
    console.log(entries[0].reason, entries[0].predicted > 1 << 18, entries[0].reclaimed > 1 << 18, entries[0].helped);
    return until(function () { return steady.completed > 60; }, steady, 100, 100);
}).then(function () {
    console.log('steady', steady.recycles.length);
    var large = new Pool({ filename: __dirname + '/fixtures/pool/big.js', minThreads: 1, maxThreads: 1,
        resourceLimits: { maxOldGenerationSizeMb: 16 }, recycle: { limitShare: 0.1, stagger: 0 } });
    large.on('recycleRefused', function (refusal) { refusals.push(refusal); });
    return until(function () { return refusals.length > 0; }, large, 0, 100).then(function () {
        console.log(refusals[0].reason, refusals[0].why.replace(/\d+/g, 'n'), large.recycles.length);
        return large.recycle(large.threads[0].threadId);
    });
}).catch(function (error) {
    console.log(error.message.replace(/\d+/g, 'n'));
});
