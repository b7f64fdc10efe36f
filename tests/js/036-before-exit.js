// main only: Node 20 tells it again and again in a worker
// 'beforeExit' may create more work and is told again after it.
var times = 0;
process.on('beforeExit', function (code) {
    console.log('beforeExit', code);
    if (++times < 3) {
        setTimeout(function () { console.log('more'); }, 1);
    }
});
process.on('exit', function () { console.log('exit'); });
