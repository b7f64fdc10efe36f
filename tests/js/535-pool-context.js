// isorun only: isoscope:pool is not Node's
// What awaits a task goes on in its own context; so do others that wait for the same worker.
var hooks = require('async_hooks');
var Pool = require('isoscope:pool');
var storage = new hooks.AsyncLocalStorage();
var pool = new Pool({ filename: __dirname + '/fixtures/pool/tasks.js', minThreads: 1, maxThreads: 1 });
var controller = new AbortController();

function told(value) { console.log(value instanceof Error ? value.message : value, storage.getStore()); }
async function one(name, options) {
    try {
        told(await pool.run(name, options));
    } catch (error) {
        told(error);
    }
}
var all = ['a', 'b', 'c'].map(function (name) {
    return storage.run('in ' + name, function () { return one(name); });
});
all.push(storage.run('aborted', function () { return one('d', { signal: controller.signal }); }));
all.push(storage.run('later', function () { return pool.run(1, { name: 'later' }).then(told); }));
storage.run('aborting', function () { controller.abort(); });
Promise.all(all).then(function () {
    told('outside');
    return pool.destroy();
});
