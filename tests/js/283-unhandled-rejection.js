// A rejection nobody handles ends the isolate with exit code 1 and the error's report.
// exit: 1
'use strict';

process.on('exit', function (code) {
    console.log('exit', code);
});
const handled = Promise.reject(new Error('handled in time'));
process.nextTick(function () {
    handled.catch(function (error) {
        console.log(error.message);
    });
});
setTimeout(function () {
    Promise.reject(new TypeError('nobody cares'));
    Promise.resolve().then(function () {
        console.log('microtasks come first');
    });
}, 1);
setTimeout(function () {
    console.log('never');
}, 1000);
