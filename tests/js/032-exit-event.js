// exit: 5
// 'exit' is told once, with the code, and may change it; what it schedules never runs.
process.exitCode = 3;
process.on('exit', function (code) {
    console.log('exit', code, process.exitCode);
    process.exitCode = 5;
    setTimeout(function () { console.log('never'); }, 0);
    process.nextTick(function () { console.log('never'); });
});
