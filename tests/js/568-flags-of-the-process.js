// flags: --no-warnings --expose-gc
// main only: flags of the process
// process.execArgv: what stands before the script; workers inherit it.
var threads = require('worker_threads');
console.log(process.execArgv, process.argv.length, typeof gc);
process.emitWarning('not printed');
var told;
process.on('warning', function (warning) { told = warning.message; });
new threads.Worker('console.log(process.execArgv)', { eval: true }).on('exit', function () {
    console.log('told', told);
    new threads.Worker('console.log(process.execArgv); process.emitWarning("neither")', { eval: true, execArgv: process.execArgv.slice(0, 1) });
});
