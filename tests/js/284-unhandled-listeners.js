// 'unhandledRejection', 'rejectionHandled' and 'uncaughtException' listeners of process.
'use strict';

process.once('uncaughtException', function (error, origin) {
    console.log('uncaught', error.name, error.code, error.message, origin);
});
Promise.reject({ a: 1 });

setTimeout(function () {
    process.on('unhandledRejection', function (reason, promise) {
        console.log('unhandled', reason, promise instanceof Promise);
        setTimeout(function () {
            promise.catch(function () {});
        }, 5);
    });
    var handled = 0;
    process.on('rejectionHandled', function (promise) {
        console.log('handled', promise instanceof Promise);
        if (++handled === 2) {
            setImmediate(throwFromMicrotask);
        }
    });
    Promise.reject(5);
    var late = Promise.reject(6);
    setImmediate(function () {
        late.catch(function (reason) {
            console.log('caught', reason);
        });
    });
}, 5);

function throwFromMicrotask() {
    process.once('uncaughtException', function (error, origin) {
        console.log('uncaught', error.message, origin);
    });
    queueMicrotask(function () {
        throw new Error('of a microtask');
    });
    queueMicrotask(function () {
        console.log('the next microtask');
    });
}
