// A pool's worker: loads handlers, and finishes what a native could not at once: handlers that are
// still loading, promises, results to be moved. Tasks with a plain function never come here
// (bind/pool.c). Loaded as the worker's program, by pool.js.
'use strict';

const threads = require('worker_threads');
const door = require('door');
const moving = require('pool_move');
const system = native('pool');
const NAMES = { TASK: 0, HANDLER: 1, END: 2, RESULT: 3, ERROR: 4, READY: 5, FIGURES: 6, FAILURE: 7,
    RETURNED: 8, ASKED: 9 };
const loading = []; // by number: a promise of the handler until it is there
const failed = [];  // by number: why it cannot be loaded

// ---- handlers -----------------------------------------------------------------------------------

// What a CommonJS module means by its handler `name`.
function handlerIn(exported, name) {
    if (exported === null || exported === undefined) {
        return undefined;
    }
    return name === 'default' && !exported.__esModule ? exported : exported[name];
}

function noHandler(file, name) {
    return new Error(name === 'default' ? 'No handler function exported from ' + file :
        'No handler function "' + name + '" exported from ' + file);
}

function isPromise(value) {
    return value !== null && typeof value === 'object' && typeof value.then === 'function';
}

function refuse(number, error) {
    loading[number] = undefined;
    failed[number] = { error: error };
}

// `handler` may be a promise, of a function or of what has it by name: a module may export one.
function define(number, spec, handler) {
    if (isPromise(handler)) {
        loading[number] = handler.then(function (found) {
            define(number, spec, typeof found === 'function' || found === undefined ||
                found === null ? found : found[spec[1]]);
        }).then(undefined, function (error) { refuse(number, error); });
        return;
    }
    loading[number] = undefined;
    if (typeof handler === 'function') {
        system.define(number, spec[2], handler);
    } else {
        refuse(number, noHandler(spec[0], spec[1]));
    }
}

// spec: [file, export, job name]
function prepare(number, spec) {
    var loader = require('loader');
    var here = new loader.Module('[pool]', process.cwd() + '/[pool]', null);
    system.define(number, spec[2], undefined);
    try {
        var path = loader.resolve(spec[0], here);
        if (loader.formatOf(path) === 'module') {
            define(number, spec, require('esm').dynamic('file://' + encodeURI(path), undefined, path));
            return;
        }
        var exported = loader.load(path, here);
        define(number, spec, isPromise(exported) ? exported : handlerIn(exported, spec[1]));
    } catch (error) {
        refuse(number, error);
    }
}

// ---- tasks --------------------------------------------------------------------------------------

function reply(task, value) {
    if (moving.isMoved(value)) {
        var list = value[moving.transferableSymbol];
        system.answer(NAMES.RESULT, task, value[moving.valueSymbol],
            Array.isArray(list) ? list : [list]);
    } else {
        system.answer(NAMES.RESULT, task, value, undefined);
    }
}

// The error with its own simple properties, such as its code, which cloning drops.
function fail(task, error) {
    var own = {};
    if (error instanceof Error) {
        Object.keys(error).forEach(function (name) {
            var value = error[name];
            if (value === null || /^(string|number|boolean|undefined)$/.test(typeof value)) {
                own[name] = value;
            }
        });
    }
    system.answer(NAMES.FAILURE, task, [error, own], undefined);
}

// Replies when the value is there; the job has ended then.
function finish(value, task, number, started) {
    if (value === null || typeof value !== 'object' || typeof value.then !== 'function') {
        reply(task, value);
        system.end(number, started);
        return;
    }
    system.await(1);
    Promise.resolve(value).then(function (result) {
        reply(task, result);
        result = value = undefined;
        system.end(number, started);
        system.await(-1);
    }, function (error) {
        fail(task, error);
        system.end(number, started);
        system.await(-1);
    });
}

function call(value, task, number) {
    var started = system.begin();
    var result;
    try {
        result = handlers[number](value);
    } catch (error) {
        fail(task, error);
        system.end(number, started);
        return;
    }
    finish(result, task, number, started);
}

// started 0: the handler was not there when the task came.
function later(value, task, number, started, isError) {
    if (isError) {
        fail(task, value);
        system.end(number, started);
    } else if (started > 0) {
        finish(value, task, number, started);
    } else if (loading[number] !== undefined) {
        system.await(1);
        loading[number].then(function () {
            system.await(-1);
            later(value, task, number, 0, false);
        });
    } else if (failed[number] !== undefined) {
        fail(task, failed[number].error);
    } else {
        call(value, task, number);
    }
}

// ---- the pool's other messages ------------------------------------------------------------------

function control(port, task, number, posted, live, committed, value, what) {
    if (what === NAMES.HANDLER) {
        prepare(number, value);
    } else if (what === NAMES.END) {
        system.weigh();
        process.exit(0);
    }
}

var handlers;

function ready() {
    system.answer(NAMES.READY, 0, undefined, undefined);
}

exports.start = function () {
    var given = threads.workerData;
    threads.workerData = given.data;
    exports.workerData = given.data;
    require('loader').poolWorker = exports; // for Pool.isWorkerThread
    handlers = system.work(given.port, control, later, given.concurrency);
    system.join(given.pool);
    door.take('recycle', function (id, reason) {
        system.answer(NAMES.ASKED, 0, [id, reason], undefined);
    });
    if (given.first !== null) {
        prepare(0, given.first);
    }
    if (loading[0] !== undefined) {
        loading[0].then(ready);
    } else {
        ready();
    }
};
