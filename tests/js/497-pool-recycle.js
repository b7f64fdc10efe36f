// isorun only: isoscope:pool is not Node's
// Workers are replaced between tasks: after their jobs, by request, one at a time; refused when it does
// not help; no task is lost.
var Pool = require('isoscope:pool');
var file = __dirname + '/fixtures/pool/tasks.js';

function byJobs() {
    var pool = new Pool({ filename: file, name: 'who', minThreads: 2, maxThreads: 2, recycle: { jobs: 20, stagger: 0, maxPerMinute: 1000 } });
    var reasons = {}, ids = {}, results = 0, count = 0;
    pool.on('recycle', function (entry) {
        reasons[entry.reason] = true;
        count++;
        if (!(entry.by > entry.threadId) || !(entry.seconds > 0)) { console.log('bad', entry); }
    });
    function lane(left) {
        return left === 0 ? undefined : pool.run(1).then(function (id) { results++; ids[id] = true; return lane(left - 1); });
    }
    return new Promise(function (done) {
        var lanes = 4;
        for (var i = 0; i < 4; i++) { lane(100).then(function () { if (--lanes === 0) { done(); } }); }
    }).then(function () {
        console.log(Object.keys(reasons), results, count >= 1, Object.keys(ids).length >= 3, pool.threads.length <= 3);
        return pool.destroy();
    });
}
function byRequest(startFirst) {
    var pool = new Pool({ filename: file, minThreads: 1, maxThreads: 1, recycle: { startFirst: startFirst } });
    var old = pool.threads[0].threadId;
    var running = pool.run(20, { name: 'later' });
    running.then(function () { console.log('finished in the old one'); });
    return pool.recycle(old).then(function (entry) {
        console.log(entry.threadId === old, entry.reason, entry.helped, pool.threads.length, pool.threads[0].threadId === entry.by);
        return pool.recycle(old);
    }).catch(function (error) {
        console.log(/has no worker with threadId/.test(error.message));
        return pool.run('alive');
    }).then(console.log).then(function () { return pool.destroy(); });
}
function byLimit() {
    var pool = new Pool({ filename: file, name: 'keeps', minThreads: 1, maxThreads: 1,
        resourceLimits: { maxOldGenerationSizeMb: 8 }, recycle: { limitShare: 0.5, stagger: 0 } });
    var first;
    pool.once('recycle', function (entry) { first = Object.assign({}, entry); }); // as told; what follows may change it
    function next(left) { return left === 0 ? undefined : pool.run(200000).then(function () { return next(left - 1); }); }
    return next(80).then(function () {
        console.log(first.reason, first.predicted > 2e6, first.reclaimed > 2e6, first.helped);
        return pool.destroy();
    });
}
byJobs().then(function () { return byRequest(true); }).then(function () { return byRequest(false); }).then(byLimit);
