// main only: a worker of Node 20 runs the ticks before it tells of the main script's error
// An 'uncaughtException' listener keeps the isolate running: main script, timers, ticks, immediates.
var seen = [];
process.on('uncaughtException', function (error, origin) {
    seen.push(error.message + ' ' + origin);
});
process.on('exit', function (code) {
    console.log(seen.sort().join('\n'));
    console.log('code', code);
});
setTimeout(function () { throw new Error('timer'); }, 1);
setTimeout(function () { seen.push('next timer'); }, 1);
setImmediate(function () { throw new Error('immediate'); });
process.nextTick(function () { throw new Error('tick'); });
process.nextTick(function () { seen.push('next tick'); });
var count = 0;
var interval = setInterval(function () {
    if (++count === 2) {
        clearInterval(interval);
    }
    throw new Error('interval ' + count);
}, 20);
throw new Error('main');
