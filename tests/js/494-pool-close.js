// isorun only: isoscope:pool is not Node's
// The ends of a pool: close lets tasks finish, with force only those that run; destroy none.
var Pool = require('isoscope:pool');
var options = { filename: __dirname + '/fixtures/pool/tasks.js', name: 'later', maxThreads: 1 };
function tell(error) { console.log(error.name, error.message); }

function gently() {
    var pool = new Pool(options);
    pool.on('close', function () { console.log('close', pool.threads.length); });
    pool.run(10).then(console.log);
    pool.run(5).then(console.log);
    var closed = pool.close();
    pool.run(1).catch(tell);
    return closed;
}
function forcibly() {
    var pool = new Pool(options);
    pool.run(10).then(console.log);
    pool.run(5).catch(tell);
    return pool.close({ force: true });
}
function atOnce() {
    var pool = new Pool(options);
    pool.run(1000).catch(tell);
    pool.run(5).catch(tell);
    return pool.destroy();
}
function tooLate() {
    var pool = new Pool({ filename: options.filename, name: 'spins', maxThreads: 1, closeTimeout: 30 });
    pool.on('error', tell);
    pool.run(1).catch(tell);
    return pool.close();
}
gently().then(forcibly).then(atOnce).then(tooLate).then(function () { console.log('end'); });
