// A pool at work: named tasks every 10 ms; the leaking one keeps 100 KB each time.
var Pool = require('isoscope:pool');
var pool = new Pool({ filename: __dirname + '/pooled-tasks.js', poolName: 'thumbs', minThreads: 2, maxThreads: 2 });
pool.on('recycle', function (entry) { console.log(JSON.stringify(entry)); });
setInterval(function () {
    pool.run(1, { name: 'resize' });
    pool.run(1, { name: 'resize', job: 'crop' });
}, 10);
