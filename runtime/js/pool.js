// isoscope:pool: a pool of workers in Piscina's shape, that can also recycle its workers
// (pool_recycle.js). One message goes to the worker for a task and one comes back; what they are
// rides beside the value (bind/pool.c). Which worker gets a task and what its answer sets off is
// native (bind/dispatch.c), which calls in here for what is seldom. A worker takes tasks from the
// moment it is made: they wait in its port.
'use strict';

const EventEmitter = require('events');
const errors = require('errors');
const threads = require('worker_threads');
const queues = require('pool_queue');
const moving = require('pool_move');
const settings = require('pool_options');
const system = native('pool');
const now = native('process').now;
const HANDLER = 1, READY = 5, FIGURES = 6, ASKED = 9;
const ABORTABLE = 1, TRANSFERS = 2; // flags of a task
const COMPLETED = 0, PENDING = 1, NEEDS_DRAIN = 2, WAITING = 3;             // figures of a pool
const USAGE = 0, LIVE = 1, COMMITTED = 2, FINISHED = 3, IS_LEAVING = 4;     // of a member
const QUEUE_OPTIONS = Symbol.for('Piscina.queueOptions');
const PROGRAM = 'require("isoscope:pool_worker").start()';

function inherit(Derived, Base) {
    Derived.prototype = Object.create(Base.prototype, {
        constructor: { value: Derived, writable: true, configurable: true }
    });
}

// ---- errors -------------------------------------------------------------------------------------

function AbortError(cause) {
    var error = new Error('The task has been aborted');
    Object.defineProperty(error, 'name', { value: 'AbortError', writable: true, configurable: true });
    Object.defineProperty(error, 'cause', { value: cause, writable: true, configurable: true });
    return error;
}

function rejected(message) {
    return Promise.reject(new Error(message));
}

// ---- tasks --------------------------------------------------------------------------------------

var taskCount = 0;

// What is kept of a task that is more than a value for the pool's own handler: one with a signal or
// moved buffers, or any when the queue is the user's own, who sees it. dispatch.c adds slot and number.
function Task(value, handler, options) {
    this.taskId = taskCount = taskCount + 1 >>> 0;
    this.handler = handler;
    this.transferList = undefined;
    this.abortSignal = null;
    this.abortListener = undefined;
    this.isOver = false;
    this.created = now();
    this.queueOptions = value !== null && typeof value === 'object' && QUEUE_OPTIONS in value ?
        value[QUEUE_OPTIONS] : null;
}

// What queues of the user's own may look at.
Object.defineProperty(Task.prototype, QUEUE_OPTIONS, {
    get: function () { return this.queueOptions; }
});
Object.defineProperty(Task.prototype, 'filename', { get: function () { return this.handler.file; } });
Object.defineProperty(Task.prototype, 'name', { get: function () { return this.handler.name; } });
Object.defineProperty(Task.prototype, 'isAbortable', {
    get: function () { return this.abortSignal !== null; }
});

// ---- workers ------------------------------------------------------------------------------------

// One worker with its port. Its tasks and figures are in `state` (bind/dispatch.c).
function Member(pool) {
    this.pool = pool;
    this.known = []; // handlers it was told, by number
    this.isReady = false;
    this.isGone = false;
    this.idleTimer = null;
    this.recycle = null;
}

function figure(name, which) {
    Object.defineProperty(Member.prototype, name, {
        get: function () { return system.get(this.state, which); }
    });
}

figure('usage', USAGE); // tasks that are with it
figure('live', LIVE);
figure('committed', COMMITTED);
figure('completed', FINISHED);
figure('isLeaving', IS_LEAVING); // takes no more tasks

// ---- the pool -----------------------------------------------------------------------------------

function Pool(options) {
    if (!(this instanceof Pool)) {
        throw errors.coded(TypeError, 'ERR_CONSTRUCT_CALL_REQUIRED',
            'Class constructor Pool cannot be invoked without `new`');
    }
    options = options === undefined || options === null ? {} : options;
    EventEmitter.call(this);
    settings.check(options);
    this.options = settings.settle(options);
    this._queue = options.taskQueue || null;
    this._members = [];
    this._handlers = Object.create(null);
    this._handlerCount = 0;
    this._first = this.options.filename === null ? null :
        this._handler(this.options.filename, this.options.name, undefined);
    this._handlerList = this._first === null ? [] : [this._first];
    this._drains = []; // who waits until nothing waits or runs
    this._madeCount = 0;
    this._isClosing = false;
    this._isDestroying = false;
    this._isBroken = false; // the last worker died before it was ready
    this._start = now();
    this._waitTime = this.options.recordTiming ? system.histogram() : null;
    this._runTime = this.options.recordTiming ? system.histogram() : null;
    this._recycler = null;
    this._state = system.make(this, this.options.minThreads, Math.ceil(this.options.maxThreads),
        Math.min(Math.ceil(this.options.concurrentTasksPerWorker), 1e9), this.options.maxQueue, this._waitTime, this._runTime,
        this._first !== null, this._queue !== null, this.options.idleTimeout !== Infinity);
    if (this.options.recycle !== undefined) {
        this._recycling();
    }
    this._fill();
}
inherit(Pool, EventEmitter);

// What recycles; made when it is first needed.
Pool.prototype._recycling = function () {
    if (this._recycler === null) {
        var Recycler = require('pool_recycle').Recycler;
        this._recycler = new Recycler(this, this.options.recycle || {});
    }
    return this._recycler;
};

Pool.prototype._handler = function (file, name, job) {
    var key = job === undefined ? name + ' ' + file : name + ' ' + file + ' ' + job;
    var handler = this._handlers[key];
    if (handler === undefined) {
        handler = this._handlers[key] = {
            number: this._handlerCount++, file: file, name: name,
            job: job !== undefined ? job : name === 'default' ? settings.baseName(file) : name
        };
        if (this._handlerList !== undefined) {
            this._handlerList.push(handler);
        }
    }
    return handler;
};

function specOf(handler) {
    return [handler.file, handler.name, handler.job];
}

// ---- workers come and go ------------------------------------------------------------------------

Pool.prototype._fill = function () {
    while (!this._isClosing && !this._isDestroying &&
        this._members.length < this.options.minThreads) {
        this._add();
    }
};

Pool.prototype._add = function () {
    var pool = this;
    var options = this.options;
    var member = new Member(this);
    var channel = new threads.MessageChannel();
    var worker = new threads.Worker(PROGRAM, {
        eval: true,
        name: options.poolName + '-' + ++this._madeCount,
        argv: options.argv,
        execArgv: options.execArgv,
        env: options.env,
        resourceLimits: options.resourceLimits,
        workerData: {
            port: channel.port2, concurrency: options.concurrentTasksPerWorker, data: options.workerData, pool: options.poolName,
            first: this._first === null ? null : specOf(this._first)
        },
        transferList: [channel.port2]
    });
    member.worker = worker;
    member.threadId = worker.threadId;
    member.port = channel.port1;
    member.port._member = member;
    member.known[0] = this._first !== null;
    worker.unref();
    worker.on('message', function (message) { pool.emit('message', message); });
    worker.on('error', function (error) { pool._died(member, error, true); });
    worker.on('exit', function (code) {
        pool._died(member, new Error('worker exited with code: ' + code), false);
    });
    this._members.push(member);
    member.state = system.enlist(this._state, member, member.port);
    return member;
};

function drop(list, item) {
    var index = list.indexOf(item);
    if (index >= 0) {
        list.splice(index, 1);
    }
}

// Takes a worker out; what runs in it goes on until its thread is stopped.
Pool.prototype._leave = function (member) {
    drop(this._members, member);
    system.leave(member.state);
};

function stopTimer(member) {
    if (member.idleTimer !== null) {
        clearTimeout(member.idleTimer);
        member.idleTimer = null;
    }
}

// Stops a worker at once; its tasks fail.
Pool.prototype._remove = function (member, error) {
    if (member.isGone) {
        return;
    }
    this._leave(member);
    member.isGone = true;
    member.worker.terminate();
    member.port.close();
    system.endTasks(member.state, error || new Error('Terminating worker thread'));
};

// A worker died or exited: its tasks fail with `error`, another takes its place.
Pool.prototype._died = function (member, error, isError) {
    var wasGone = member.isGone;
    if (!wasGone) {
        member.isGone = true;
        this._leave(member);
        member.port.close();
    }
    if (member.recycle !== null) {
        member.recycle.ended(member, error, isError);
    }
    if (wasGone) {
        return;
    }
    this._isBroken = !member.isReady;
    var count = system.endTasks(member.state, error);
    if (!this._isBroken) {
        this._fill();
        this._enough();
    } else if (this._members.length === 0) {
        system.fail(this._state, error); // new ones do not even start: who waits hears why
    }
    if (count === 0 && isError) {
        this.emit('error', error);
    }
};

// As many workers as tasks that wait, within the maximum.
Pool.prototype._enough = function () {
    system.feedIdle(this._state);
    while (!this._isDestroying && system.figure(this._state, WAITING) > 0 &&
        this._members.length < this.options.maxThreads) {
        system.feed(this._add().state);
    }
};

// ---- what dispatch.c calls ----------------------------------------------------------------------

// The worker is told of a handler before the first task for it.
function tell(member, number) {
    if (member.known[number] !== true) {
        system.post(member.port, HANDLER, number, specOf(member.pool._handlerList[number]));
        member.known[number] = true;
    }
}

// Anything but the answer to a task.
function hearOther(member, what, value) {
    var pool = member.pool;
    switch (what) {
    case READY:
        member.isReady = true;
        member.firstCommitted = member.committed;
        pool._isBroken = false;
        if (member.recycle !== null) {
            member.recycle.ready(member);
        }
        break;
    case FIGURES:
        member.isWeighed = member.isLeaving;
        if (pool._recycler !== null) {
            pool._recycler.observe(member);
        }
        break;
    case ASKED:
        pool._recycling().ask(member, value[0], value[1]);
        break;
    }
}

// One that is replaced and its replacement, both here, do the work of one.
function hasSpare(pool) {
    var isReplacing = pool._recycler !== null && pool._recycler.isDoubling();
    return pool._members.length - isReplacing > pool.options.minThreads;
}

// A member has nothing to do: it leaves after idleTimeout when there are more than are needed.
function idle(member) {
    var pool = member.pool;
    if (member.isLeaving) {
        if (member.recycle !== null) {
            member.recycle.drained(member);
        }
        return;
    }
    member.idleTimer = setTimeout(function () {
        member.idleTimer = null;
        if (member.usage === 0 && !member.isGone && hasSpare(pool)) {
            pool._remove(member);
        }
    }, pool.options.idleTimeout).unref();
    system.timed(member.state);
}

function drained(pool) {
    var waiting = pool._drains;
    pool._drains = [];
    waiting.forEach(function (resolve) { resolve(); });
}

function forget(task) {
    var signal = task.abortSignal;
    task.isOver = true;
    if (task.abortListener !== undefined) {
        if (typeof signal.removeEventListener === 'function') {
            signal.removeEventListener('abort', task.abortListener);
        } else {
            signal.removeListener('abort', task.abortListener);
        }
        task.abortListener = undefined;
    }
}

system.calls([
    function (value, options) { return this._run(value, options); },
    function (pool) { return pool._add().state; },
    tell,
    hearOther,
    idle,
    stopTimer,
    drained,
    function (pool, event) { pool.emit(event); },
    function (member) { member.pool._recycler.observe(member); },
    forget,
    function (pool) { return pool._queue.size; },
    function (pool, task) { pool._queue.push(task); },
    function (pool) {
        var task = pool._queue.size > 0 ? pool._queue.shift() : null;
        return task === null || task === undefined ? undefined :
            task instanceof Task ? task.slot : -1;
    }
]);

// ---- run ----------------------------------------------------------------------------------------

// Listens to the signal of a task that is on its way.
Pool.prototype._watch = function (task, signal) {
    var pool = this;
    function abort() {
        var member = system.pull(pool._state, task.slot, task.number);
        if (member === false) {
            return;
        }
        if (member === undefined) {
            pool._queue.remove(task);
        }
        system.settle(pool._state, task.slot, AbortError(signal.reason), true);
        if (member) {
            pool._remove(member);
            pool._fill();
            pool._enough();
        }
    }
    if (task.isOver) {
        return;
    }
    task.abortSignal = signal;
    task.abortListener = abort;
    if (typeof signal.addEventListener === 'function') {
        signal.addEventListener('abort', abort, { once: true });
    } else {
        signal.once('abort', abort);
    }
};

Pool.prototype._setOptions = function (task, options) {
    var list = options.transferList;
    if (list !== undefined && !Array.isArray(list)) {
        throw new TypeError('transferList argument must be an Array');
    }
    if (options.signal !== undefined && options.signal !== null &&
        typeof options.signal !== 'object') {
        throw new TypeError('signal argument must be an object');
    }
    if (options.signal !== undefined && options.signal !== null && options.signal.aborted) {
        throw AbortError(options.signal.reason);
    }
    task.transferList = list;
};

function handlerOf(pool, options) {
    ['filename', 'name', 'job'].forEach(function (name) {
        var value = options[name];
        if (value !== undefined && value !== null && typeof value !== 'string') {
            throw new TypeError(name + ' argument must be a string');
        }
    });
    if (typeof options.filename !== 'string' && typeof options.name !== 'string' &&
        typeof options.job !== 'string') {
        return pool._first;
    }
    var file = typeof options.filename === 'string' ? settings.filePath(options.filename) :
        pool.options.filename;
    return file === null ? null : pool._handler(file,
        typeof options.name === 'string' ? options.name : pool.options.name,
        typeof options.job === 'string' ? options.job : undefined);
}

// A task with nothing but a value for the pool's own handler does not come through here.
Pool.prototype._run = function (value, options) {
    var task, promise;
    if (options !== undefined && (options === null || typeof options !== 'object')) {
        return Promise.reject(new TypeError('options must be an object'));
    }
    try {
        task = new Task(value, options === undefined ? this._first : handlerOf(this, options));
        if (options !== undefined) {
            this._setOptions(task, options);
        }
    } catch (error) {
        return Promise.reject(error);
    }
    if (task.handler === null) {
        return rejected('filename must be provided to run() or in options object');
    }
    if (this._isClosing) {
        return Promise.reject(AbortError('queue is closing up'));
    }
    if (moving.isMoved(value)) {
        task.transferList = (task.transferList || []).concat(value[moving.transferableSymbol]);
        value = value[moving.valueSymbol];
    }
    var signal = options === undefined ? null : options.signal;
    promise = system.enqueue(this._state, value, task.handler.number,
        (signal ? ABORTABLE : 0) | (task.transferList ? TRANSFERS : 0), task);
    if (promise === false) {
        return rejected(this.options.maxQueue === 0 ?
            'No task queue available and all Workers are busy' : 'Task queue is at limit');
    }
    if (signal) {
        this._watch(task, signal);
    }
    return promise;
};

Object.defineProperty(system.run, 'name', { value: 'run', configurable: true });
Pool.prototype.run = system.run;

// Deprecated in Piscina: (task, transferList, filename, signal)
Pool.prototype.runTask = function (task, transferList, filename, signal) {
    if ((typeof transferList === 'object' && !Array.isArray(transferList)) ||
        typeof transferList === 'string') {
        signal = filename;
        filename = transferList;
        transferList = undefined;
    }
    if (typeof filename === 'object' && !Array.isArray(filename)) {
        signal = filename;
        filename = undefined;
    }
    return this.run(task, { transferList: transferList, filename: filename, name: 'default',
        signal: signal });
};

// ---- the end ------------------------------------------------------------------------------------

function exitOf(member) {
    return new Promise(function (resolve) {
        if (member.worker.threadId < 0) {
            resolve();
        } else {
            member.worker.ref();
            member.worker.once('exit', resolve);
        }
    });
}

// Ends all workers now; tasks that wait or run fail.
Pool.prototype.destroy = function () {
    var pool = this;
    this._isDestroying = true;
    system.fail(this._state, new Error('Terminating worker thread'));
    if (this._recycler !== null) {
        this._recycler.stop();
    }
    var exits = this._members.slice().map(function (member) {
        var exit = exitOf(member);
        pool._remove(member);
        return exit;
    });
    return exits.reduce(function (before, exit) {
        return before.then(function () { return exit; });
    }, Promise.resolve()).then(function () {
        pool._isDestroying = false;
        if (pool._recycler !== null) {
            pool._recycler.isStopped = false;
        }
    });
};

// Resolves when nothing waits or runs any more.
Pool.prototype.drain = function () {
    var pool = this;
    return new Promise(function (resolve) {
        if (system.figure(pool._state, PENDING) === 0) {
            resolve();
        } else {
            pool._drains.push(resolve);
            system.awaited(pool._state);
        }
    });
};

// The same, within closeTimeout.
Pool.prototype._flushed = function () {
    var pool = this;
    return new Promise(function (resolve, reject) {
        var timer = setTimeout(function () {
            reject(new Error('Close operation timed out'));
        }, pool.options.closeTimeout);
        pool.drain().then(function () {
            clearTimeout(timer);
            resolve();
        });
    });
};

// Lets what is queued finish (force: only what runs), then ends all workers.
Pool.prototype.close = function (options) {
    var pool = this;
    options = options === undefined ? {} : options;
    if (options === null || typeof options !== 'object') {
        return Promise.reject(new TypeError('options must be an object'));
    }
    if (options.force !== undefined && typeof options.force !== 'boolean') {
        return Promise.reject(new TypeError('force argument must be a boolean'));
    }
    this._isClosing = true;
    system.close(this._state, true);
    if (options.force) {
        system.fail(this._state, AbortError('pool is closed'));
    }
    function finish() {
        return pool.destroy().then(function () {
            pool._isClosing = false;
            system.close(pool._state, false);
            pool.emit('close');
        });
    }
    return this._flushed().then(finish, function (error) {
        pool.emit('error', error);
        return finish();
    });
};

// ---- figures ------------------------------------------------------------------------------------

function getter(name, get) {
    Object.defineProperty(Pool.prototype, name, { configurable: true, get: get });
}

getter('minThreads', function () { return this.options.minThreads; });
getter('maxThreads', function () { return this.options.maxThreads; });
getter('threads', function () {
    return this._members.map(function (member) { return member.worker; });
});
getter('queueSize', function () { return system.figure(this._state, WAITING); });
getter('completed', function () { return system.figure(this._state, COMPLETED); });
getter('needsDrain', function () { return system.figure(this._state, NEEDS_DRAIN) > 0; });
getter('duration', function () { return now() - this._start; });
getter('waitTime', function () {
    return this._waitTime === null ? null : system.summary(this._waitTime);
});
getter('runTime', function () {
    return this._runTime === null ? null : system.summary(this._runTime);
});
getter('utilization', function () {
    var total = this._runTime === null ? 0 : system.total(this._runTime) / 1000;
    return total / (this.duration * this.options.maxThreads);
});
getter('recycles', function () { return this._recycling().list.slice(); });

// Has one worker replaced between two of its tasks: the same as the collector's command. Resolves
// with what the 'recycle' event tells, rejects when it is refused.
Pool.prototype.recycle = function (threadId) {
    var recycler = this._recycling();
    var members = this._members;
    return new Promise(function (resolve, reject) {
        var found = members.filter(function (member) { return member.threadId === threadId; })[0];
        if (found === undefined) {
            throw new Error('this pool has no worker with threadId ' + threadId);
        }
        recycler.request(found, 'command', resolve, reject);
    });
};

module.exports = Pool;
Pool.Pool = Pool.Piscina = Pool.default = Pool;
Pool.move = moving.move;
Pool.transferableSymbol = moving.transferableSymbol;
Pool.valueSymbol = moving.valueSymbol;
Pool.queueOptionsSymbol = QUEUE_OPTIONS;
Pool.ArrayTaskQueue = Pool.FixedQueue = queues.TaskQueue;
Object.defineProperty(Pool, 'BufferPool', {
    enumerable: true, get: function () { return require('pool_buffers').BufferPool; }
});
Object.defineProperty(Pool, 'isWorkerThread', {
    enumerable: true, get: function () { return require('loader').poolWorker !== undefined; }
});
Object.defineProperty(Pool, 'workerData', {
    enumerable: true,
    get: function () {
        var worker = require('loader').poolWorker;
        return worker === undefined ? undefined : worker.workerData;
    }
});
