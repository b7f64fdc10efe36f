// isorun only: isoscope:pool is not Node's
// How many workers there are: made when they are needed, gone when idle; as many tasks in one as allowed.
var Pool = require('isoscope:pool');
var file = __dirname + '/fixtures/pool/tasks.js';
var grows = new Pool({ filename: file, name: 'later', minThreads: 0, maxThreads: 3, idleTimeout: 1500 });
console.log(grows.threads.length);
for (var i = 0; i < 5; i++) { grows.run(10); }
console.log(grows.threads.length, grows.queueSize);
grows.drain().then(function () {
    console.log(grows.threads.length);
    var end = Date.now() + 60000;
    (function look() {
        if (grows.threads.length > 0 && Date.now() < end) { return setTimeout(look, 5); }
        console.log(grows.threads.length);
        [1, 4].forEach(function (most) {
            var pool = new Pool({ filename: file, name: 'most', maxThreads: 1, concurrentTasksPerWorker: most });
            var seen = 0;
            for (var k = 0; k < 12; k++) { pool.run(3).then(function (value) { seen = Math.max(seen, value); }); }
            pool.drain().then(function () { console.log(most, seen); });
        });
    }());
});
