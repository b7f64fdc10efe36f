// isorun only: isoscope:pool is not Node's
// The figures of a pool, in Piscina's shape.
var Pool = require('isoscope:pool');
var pool = new Pool({ filename: __dirname + '/fixtures/pool/tasks.js', name: 'later', maxThreads: 1 });
console.log(Object.keys(pool.waitTime), pool.utilization);
pool.run(20);
pool.run(20).then(function () {
    var run = pool.runTime, wait = pool.waitTime;
    console.log(run.min >= 19, run.max < 15000, run.average >= 19, run.mean === run.average, run.p50 >= 19, run.p0_001 <= run.p99_999);
    console.log(wait.min < wait.max, wait.max >= 19, wait.p99 >= 19, wait.stddev > 0);
    console.log(pool.utilization > 0 && pool.utilization <= 1.05, pool.duration >= 38);
    var plain = new Pool({ recordTiming: false, minThreads: 0 });
    console.log(plain.runTime, plain.waitTime, plain.utilization);
});
