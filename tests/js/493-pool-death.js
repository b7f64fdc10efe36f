// isorun only: isoscope:pool is not Node's
// A worker that dies fails the tasks it has begun, no others, with why it died; another takes its place.
var Pool = require('isoscope:pool');
var pool = new Pool({ filename: __dirname + '/fixtures/pool/tasks.js', minThreads: 1, maxThreads: 1,
    resourceLimits: { maxOldGenerationSizeMb: 8 } });
function tell(error) { console.log(error.name, error.code, error.message); }
pool.on('error', function (error) { console.log('event', error.message); });

pool.run(7, { name: 'exits' }).catch(tell);
pool.run('after exit').then(console.log);
pool.run(0, { name: 'uncaught' }).catch(tell);
pool.run('after uncaught').then(console.log);
pool.run(0, { name: 'greedy' }).catch(tell);
pool.run('after its limit').then(console.log).then(function () {
    // What was sent ahead comes back: short tasks first, so that it is sent.
    var done = 0, failed = [], i;
    for (i = 0; i < 300; i++) {
        pool.run(i).then(function () { done++; });
    }
    for (i = 0; i < 3; i++) {
        pool.run(1, { name: 'exits' }).catch(function (error) { failed.push(error.message); });
        for (var k = 0; k < 100; k++) {
            pool.run(k).then(function () { done++; });
        }
    }
    return pool.drain().then(function () {
        console.log(done, failed, pool.completed, pool.threads.length);
    });
}).then(function () {
    var broken = new Pool({ filename: __dirname + '/fixtures/pool/tasks.js', minThreads: 2, maxThreads: 2,
        resourceLimits: { maxOldGenerationSizeMb: 0.2 } });
    broken.on('error', function () {});
    broken.run(1).catch(tell);
});
