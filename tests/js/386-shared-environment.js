// main only: it makes its own workers
// env: a copy by default, the given one, or with SHARE_ENV the parent's own.
var threads = require('worker_threads');
var code = 'var threads = require("worker_threads");' +
    'console.log(process.env.A, process.env.B, "B" in process.env, Object.keys(process.env).indexOf("A") >= 0);' +
    'process.env.A = 2; delete process.env.B; process.env.C = "from the worker";';
process.env.A = 1;
process.env.B = 'b';
console.log(process.env.A, typeof process.env.A);
new threads.Worker(code, { eval: true }).on('exit', function () {
    console.log(process.env.A, process.env.B, process.env.C);
    new threads.Worker(code, { eval: true, env: { A: 'own' } }).on('exit', function () {
        console.log(process.env.A, process.env.B, process.env.C);
        new threads.Worker(code, { eval: true, env: threads.SHARE_ENV }).on('exit', function () {
            console.log(process.env.A, process.env.B, process.env.C, Object.keys(process.env).indexOf('C') >= 0);
            process.env.undefinedValue = undefined;
            console.log(process.env.undefinedValue, process.env.nothing, delete process.env.nothing);
            try { process.env.symbol = Symbol('x'); } catch (error) { console.log(error.name, error.message); }
            try { new threads.Worker(code, { eval: true, env: 5 }); } catch (error) { console.log(error.code, error.message); }
        });
    });
});
