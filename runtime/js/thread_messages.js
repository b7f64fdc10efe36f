// postMessageToThread of worker_threads: a message straight to another thread, whose answer says
// whether one of its 'workerMessage' listeners took it.
'use strict';

const errors = require('errors');
const system = native('workers');
const self = system.self().threadId;
const FAILURES = { // by code of the answer
    1: ['ERR_WORKER_MESSAGING_FAILED', 'Cannot find the destination thread or listener'],
    2: ['ERR_WORKER_MESSAGING_ERRORED',
        'The destination thread threw an error while processing the message'],
    3: ['ERR_WORKER_MESSAGING_TIMEOUT', 'Sending a message to another thread timed out'],
    4: ['ERR_WORKER_MESSAGING_SAME_THREAD', 'Cannot sent a message to the same thread']
};
const DELIVERED = 0;
const FAILED = 1;
const ERRORED = 2;
const TIMED_OUT = 3;
const SAME_THREAD = 4;

var waiting = Object.create(null); // number -> what to call with the code of the answer
var last = 0;

function failure(code) {
    return errors.coded(Error, FAILURES[code][0], FAILURES[code][1]);
}

function send(thread, value, list, timeout, resolve, reject) {
    var number = ++last;
    var timer = timeout === undefined ? undefined : setTimeout(exports.answered, timeout, number, TIMED_OUT);
    if (timer !== undefined) {
        timer.unref();
    }
    waiting[number] = function (code) {
        delete waiting[number];
        clearTimeout(timer);
        return code === DELIVERED ? resolve() : reject(failure(code));
    };
    try {
        if (!system.postToThread(thread, number, value, list)) {
            waiting[number](FAILED);
        }
    } catch (error) {
        delete waiting[number];
        clearTimeout(timer);
        throw error;
    }
}

exports.postMessageToThread = function postMessageToThread(thread, value, list, timeout) {
    if (typeof list === 'number' && timeout === undefined) {
        timeout = list;
        list = undefined;
    }
    return new Promise(function (resolve, reject) {
        if (timeout !== undefined && (typeof timeout !== 'number' || !(timeout >= 0))) {
            throw typeof timeout !== 'number' ? errors.invalidType('timeout', 'of type number', timeout) :
                errors.outOfRange('timeout', '>= 0', timeout);
        }
        if (thread === self) {
            throw failure(SAME_THREAD);
        }
        if (typeof thread !== 'number' || !(thread >= 0)) {
            throw failure(FAILED);
        }
        send(thread, value, require('transfer_list').transferList(list), timeout, resolve, reject);
    });
};

// The answer to what this thread posted.
exports.answered = function (number, code) {
    if (waiting[number] !== undefined) {
        waiting[number](code);
    }
};

// What another thread posted; about: [its threadId, number, whether the value could be read].
exports.received = function (value, about) {
    var code = ERRORED;
    try {
        if (about[2]) {
            code = process.emit('workerMessage', value, about[0]) ? DELIVERED : FAILED;
        }
    } catch (error) {
        code = ERRORED;
    }
    system.answer(about[0], about[1], code);
};
