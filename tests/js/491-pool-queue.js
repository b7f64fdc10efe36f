// isorun only: isoscope:pool is not Node's
// The queue: its limits, its events, one of the user's own.
var Pool = require('isoscope:pool');
var file = __dirname + '/fixtures/pool/tasks.js';
function fail(error) { console.log(error.message); }

var full = new Pool({ filename: file, name: 'later', maxThreads: 1, maxQueue: 1 });
full.on('needsDrain', function () { console.log('needsDrain', full.queueSize, full.needsDrain); });
full.once('drain', function () { console.log('drain'); });
full.run(20).then(console.log);
full.run(10).then(console.log);
full.run(1).catch(fail);
console.log(new Pool({ minThreads: 0, maxThreads: 3, maxQueue: 'auto' }).options.maxQueue);
[{ maxThreads: 0 }, { minThreads: 3, maxThreads: 2 }, { maxQueue: 'all' }, { filename: 5 }, { taskQueue: {} }, { idleTimeout: -1 },
    { recycle: { job: 5 } }]
    .forEach(function (options) {
        try { new Pool(options); } catch (error) { console.log(error.name, error.message); }
    });

full.drain().then(function () {
    var none = new Pool({ filename: file, name: 'later', minThreads: 1, maxThreads: 1, maxQueue: 0 });
    none.run(5).then(console.log);
    none.run(5).catch(fail);
    return none.drain();
}).then(function () {
    var seen = [];
    var stack = { list: [], get size() { return this.list.length; },
        push: function (task) { seen.push([task.name, task[Pool.queueOptionsSymbol]]); this.list.push(task); },
        shift: function () { return this.list.pop(); },
        remove: function (task) { this.list.splice(this.list.indexOf(task), 1); } };
    var last = new Pool({ filename: file, maxThreads: 1, taskQueue: stack });
    var order = [];
    var tagged = { n: 3 };
    tagged[Pool.queueOptionsSymbol] = 'first';
    [last.run({ n: 0 }, { name: 'later' }), last.run({ n: 1 }), last.run({ n: 2 }), last.run(tagged)].forEach(function (promise) {
        promise.then(function (value) { order.push(value.n); });
    });
    last.drain().then(function () { console.log(order, seen); });
});
