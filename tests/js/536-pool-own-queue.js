// isorun only: isoscope:pool is not Node's
// A queue of the user's own that gives tasks twice, or what it was never given, does no harm; nor does a
// worker that cannot be made.
var Pool = require('isoscope:pool');
var file = __dirname + '/fixtures/pool/tasks.js';

function Liar() {
    this.list = [];
    this.given = [];
    this.lies = 0;
}
Object.defineProperty(Liar.prototype, 'size', { get: function () { return this.list.length; } });
Liar.prototype.push = function (task) { this.list.push(task); };
Liar.prototype.remove = function (task) { this.list.splice(this.list.indexOf(task), 1); };
Liar.prototype.shift = function () {
    if (this.given.length === 1 && this.lies > 0) {
        return [this.given[0], {}, { slot: 1e9 }, { slot: -1 }, { slot: NaN }, 5, 'x'][--this.lies];
    }
    var task = this.list.pop(); // the newest first
    this.given.push(task);
    return task;
};

var queue = new Liar();
var pool = new Pool({ filename: file, maxThreads: 0.5 + 0.5, minThreads: 1, taskQueue: queue });
var order = [];
var first = pool.run(20, { name: 'later' });
queue.lies = 7;
var all = ['a', 'b', 'c'].map(function (name) {
    return pool.run(name).then(function (value) { order.push(value); });
});
first.then(function () {
    return Promise.all(all);
}).then(function () {
    console.log(order, queue.lies, queue.given.length, pool.completed);
    return pool.destroy();
}).then(function () {
    var broken = new Pool({ filename: file, minThreads: 0, maxThreads: 1.5, execArgv: ['--no-such-option'] });
    try {
        broken.run(1).then(console.log, function (error) { console.log('rejected', error.code); });
    } catch (error) {
        console.log(error.code, broken.queueSize, broken.threads.length);
    }
    broken.options.execArgv = [];
    return Promise.all([broken.run('works'), broken.run('too')]).then(function (values) {
        console.log(values);
        return broken.destroy();
    });
});
