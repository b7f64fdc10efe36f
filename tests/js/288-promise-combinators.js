// Promise.all, allSettled, any, race over iterables of all kinds; closing of iterators; finally.
'use strict';

function later(value, ms) {
    return new Promise(function (resolve) {
        setTimeout(resolve, ms, value);
    });
}

const steps = [
    function () { return Promise.all([1, Promise.resolve(2), later(3, 1)]); },
    function () { return Promise.all([]); },
    function () { return Promise.all([1, Promise.reject(new Error('no'))]); },
    function () { return Promise.all('ab'); },
    function () { return Promise.all(new Map([[1, 2]])); },
    function () { return Promise.all(5); },
    function () { return Promise.all(); },
    function () { return Promise.allSettled(new Set([1, Promise.reject(3), later(4, 1)])); },
    function () { return Promise.any([Promise.reject(1), later(2, 5), later(3, 1)]); },
    function () { return Promise.any([Promise.reject(1), Promise.reject(2)]); },
    function () { return Promise.any([]); },
    function () { return Promise.race([new Promise(function () {}), later(1, 5), later(2, 1)]); },
    function () {
        return Promise.race([{ then: function (resolve, reject) { reject('thenable'); } }]);
    },
    function () {
        var iterator = { next: function () { throw new Error('next'); } };
        iterator[Symbol.iterator] = function () { return iterator; };
        return Promise.all(iterator);
    },
    function () {
        var iterator = {
            next: function () { return { value: 1, done: false }; },
            return: function () { console.log('closed'); return {}; }
        };
        iterator[Symbol.iterator] = function () { return iterator; };
        var original = Promise.resolve;
        Promise.resolve = function () { throw new Error('resolve'); };
        try {
            return Promise.all(iterator);
        } finally {
            Promise.resolve = original;
        }
    },
    function () { return Promise.resolve(1).finally(function () { return 2; }); },
    function () { return Promise.resolve(1).finally(function () { throw new Error('finally'); }); },
    function () { return Promise.reject(1).finally(function () { return later(2, 1); }); },
    function () { return Promise.reject(1).finally(5); }
];

function run(i) {
    if (i === steps.length) {
        return;
    }
    steps[i]().then(function (value) {
        console.log(i, JSON.stringify(value));
    }, function (reason) {
        console.log(i, reason instanceof Error ? reason.name + ': ' + reason.message +
            (reason.errors ? ' ' + JSON.stringify(reason.errors) : '') : reason);
    }).then(function () {
        run(i + 1);
    });
}
run(0);
