// isorun only: isoscope:pool is not Node's
// What a pool runs: values, handlers by file and name, promises, ES modules, errors of every kind.
var Pool = require('isoscope:pool');
var file = __dirname + '/fixtures/pool/tasks.js';
var pool = new Pool({ filename: file, maxThreads: 2, workerData: { a: 1 }, argv: ['x'], env: { GIVEN: 'yes' } });

function all(list) {
    return new Promise(function (done, fail) {
        var left = list.length, values = [];
        list.forEach(function (promise, i) {
            promise.then(function (value) { values[i] = value; if (--left === 0) { done(values); } }, fail);
        });
    });
}
function told(promise) {
    return promise.then(function (value) { return ['no error', value]; }, function (error) {
        return [error.name, error.message.split('\n')[0].replace(__dirname, '.'), error.code, error instanceof Error];
    });
}
all([
    pool.run(1), pool.run({ b: [2, undefined] }), pool.run(21, { name: 'twice' }), pool.run(undefined),
    pool.run(5, { name: 'later' }), pool.run(1, { filename: __dirname + '/fixtures/pool/module.mjs' }),
    pool.run('so', { filename: 'file://' + __dirname + '/fixtures/pool/module.mjs', name: 'slowly' }),
    pool.run(3, { filename: __dirname + '/fixtures/pool/promised.js' }), pool.run(0, { name: 'about' })
]).then(function (values) {
    console.log(values);
    return all([
        told(pool.run(0, { name: 'throws' })), told(pool.run(0, { name: 'rejects' })),
        told(pool.run(0, { name: 'unclonable' })), told(pool.run(0, { name: 'absent' })),
        told(pool.run(0, { filename: '/nowhere/absent.js' })), told(pool.run(Symbol('s'))),
        told(pool.run(1, null)), told(pool.run(1, { name: 5 })), told(pool.run(1, { transferList: 5 })),
        told(new Pool({ minThreads: 0 }).run(1)), told(pool.run(1))
    ]);
}).then(function (values) {
    console.log(values);
    pool.on('message', function (value) {
        console.log('posted', value, Pool.isWorkerThread, Pool.workerData);
        console.log(pool.queueSize, pool.minThreads, pool.maxThreads);
    });
    pool.run('to the pool', { name: 'posts' }).then(function () {
        return pool.run(5, { name: 'later' });
    }).then(function () {
        return pool.destroy();
    }).then(function () { console.log('destroyed', pool.threads.length); });
});
