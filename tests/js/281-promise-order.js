// In which order ticks, microtasks, reactions and thenables run.
'use strict';

const log = [];
function say(what) {
    return function (value) {
        log.push(value === undefined ? what : what + '=' + value);
    };
}

process.nextTick(function () {
    log.push('tick 1');
    Promise.resolve().then(say('microtask of a tick'));
    process.nextTick(say('tick 3'));
});
process.nextTick(say('tick 2'));
Promise.resolve(1).then(function (value) {
    log.push('then ' + value);
    process.nextTick(say('tick of a microtask'));
    return Promise.resolve(5); // two microtasks later than a plain value
}).then(say('after a promise'));
Promise.resolve(1).then(function () {
    return 6;
}).then(say('after a value')).then(say('1 more')).then(say('2 more')).then(say('3 more'));
queueMicrotask(say('queueMicrotask'));
new Promise(function (resolve) {
    resolve({ then: function (settle) {
        log.push('then of a thenable');
        settle(9);
        settle(10);
    } });
}).then(say('thenable'));
Promise.reject(new Error('x')).catch(function (error) {
    log.push(error.message);
}).finally(say('finally')).then(say('behind finally'));
new Promise(function () {
    throw 'thrown';
}).then(null, say('rejected'));
new Promise(function (resolve, reject) {
    resolve(1);
    reject(2);
    throw 3;
}).then(say('first one counts'), say('never'));
var settle, close;
const pending = new Promise(function (resolve) {
    settle = resolve;
});
pending.then(say('a'));
pending.then(say('b')).then(say('c'));
pending.then(say('d'));
setImmediate(function () {
    settle('later');
    log.push('sync');
    setTimeout(close, 1);
});
const chain = new Promise(function (resolve) {
    close = function () {
        resolve(chain);
    };
});
chain.catch(function (error) {
    log.push(error.name + ': ' + error.message);
    console.log(log.join('\n'));
});
