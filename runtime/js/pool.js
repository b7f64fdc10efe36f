// isoscope:pool: a pool of workers in Piscina's shape, that can also recycle its workers
// (pool_recycle.js). One message goes to the worker for a task and one comes back; what they are
// rides beside the value (bind/pool.c). A worker takes tasks from the moment it is made: they wait in
// its port. Invariant: a task is in the queue, in one worker's `tasks`, or settled.
'use strict';

const EventEmitter = require('events');
const errors = require('errors');
const threads = require('worker_threads');
const queues = require('pool_queue');
const moving = require('pool_move');
const system = native('pool');
const now = native('process').now;
const TASK = 0, HANDLER = 1, END = 2, RESULT = 3, ERROR = 4, READY = 5, FIGURES = 6, FAILURE = 7,
    RETURNED = 8, ASKED = 9;
const QUEUE_OPTIONS = Symbol.for('Piscina.queueOptions');
// A worker whose tasks are short is sent more of them before it is done with one, about this much work:
// else both sides would sleep and wake for each. Who has nothing to do takes them back.
const AHEAD_MS = 0.5;
const AHEAD_MAX = 16;
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

function Task(value, handler, options) {
    this.taskId = taskCount = taskCount + 1 >>> 0;
    this.task = value;
    this.handler = handler;
    this.transferList = undefined;
    this.abortSignal = null;
    this.worker = null;
    this.promise = undefined;
    this.created = 0;
    this.started = 0;
}

// What queues of the user's own may look at.
Object.defineProperty(Task.prototype, QUEUE_OPTIONS, {
    get: function () {
        var task = this.task;
        return task !== null && typeof task === 'object' && QUEUE_OPTIONS in task ?
            task[QUEUE_OPTIONS] : null;
    }
});
Object.defineProperty(Task.prototype, 'filename', { get: function () { return this.handler.file; } });
Object.defineProperty(Task.prototype, 'name', { get: function () { return this.handler.name; } });
Object.defineProperty(Task.prototype, 'isAbortable', {
    get: function () { return this.abortSignal !== null; }
});

// ---- workers ------------------------------------------------------------------------------------

// One worker with its port and the tasks that are with it.
function Member(pool) {
    this.pool = pool;
    this.tasks = []; // few: found by walking
    this.usage = 0;
    this.known = []; // handlers it was told, by number
    this.isReady = false;
    this.isLeaving = false; // takes no more tasks
    this.isGone = false;
    this.isAbortable = false; // runs a task that may be aborted: no other may come
    this.idleTimer = null;
    this.completed = 0;
    this.ahead = 0;    // tasks it may have beside those it runs
    this.answered = 0; // when its last answer was posted
    this.runTime = 1;  // of its tasks lately, ms
    this.live = NaN;
    this.committed = 0;
    this.recycle = null;
}

// ---- the pool's options -------------------------------------------------------------------------

function filePath(filename) {
    return filename.slice(0, 7) === 'file://' ? decodeURIComponent(filename.slice(7)) : filename;
}

function requireOption(options, name, isGood, what) {
    var value = options[name];
    if (value !== undefined && !isGood(value)) {
        throw new TypeError('options.' + name + ' must be ' + what);
    }
}

function atLeast(least) {
    return function (value) { return typeof value === 'number' && value >= least; };
}

function isTextOrNull(value) {
    return typeof value === 'string' || value === null;
}

function isObject(value) {
    return typeof value === 'object' && value !== null;
}

function checkOptions(options) {
    requireOption(options, 'filename', isTextOrNull, 'a string or null');
    requireOption(options, 'name', isTextOrNull, 'a string or null');
    requireOption(options, 'minThreads', atLeast(0), 'a non-negative integer');
    requireOption(options, 'maxThreads', atLeast(1), 'a positive integer');
    if (options.minThreads > options.maxThreads) {
        throw new RangeError('options.minThreads and options.maxThreads must not conflict');
    }
    requireOption(options, 'idleTimeout', atLeast(0), 'a non-negative integer');
    requireOption(options, 'maxQueue', function (value) {
        return value === 'auto' || atLeast(0)(value);
    }, 'a non-negative integer');
    requireOption(options, 'concurrentTasksPerWorker', atLeast(1), 'a positive integer');
    requireOption(options, 'resourceLimits', isObject, 'an object');
    requireOption(options, 'taskQueue', queues.isTaskQueue, 'a TaskQueue object');
    requireOption(options, 'closeTimeout', atLeast(0), 'a non-negative integer');
    requireOption(options, 'poolName', function (value) { return typeof value === 'string'; },
        'a string');
    requireOption(options, 'recycle', isObject, 'an object');
}

function baseName(file) {
    return file.slice(file.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
}

function settle(given) {
    var cpus = system.cpus();
    var options = {
        filename: null, name: 'default', minThreads: Math.max(Math.floor(cpus / 2), 1),
        maxThreads: cpus * 1.5, idleTimeout: 0, maxQueue: Infinity, concurrentTasksPerWorker: 1,
        closeTimeout: 30000, recordTiming: true
    };
    Object.keys(given).forEach(function (name) {
        if (given[name] !== undefined) {
            options[name] = given[name];
        }
    });
    if (given.maxThreads !== undefined && options.minThreads >= given.maxThreads) {
        options.minThreads = given.maxThreads;
    }
    if (given.minThreads !== undefined && options.maxThreads <= given.minThreads) {
        options.maxThreads = given.minThreads;
    }
    if (given.maxQueue === 'auto') {
        options.maxQueue = options.maxThreads * options.maxThreads;
    }
    options.filename = options.filename === null ? null : filePath(options.filename);
    options.name = options.name === null ? 'default' : options.name;
    if (options.poolName === undefined) {
        options.poolName = options.filename === null ? 'pool' : baseName(options.filename);
    }
    return options;
}

// ---- the pool -----------------------------------------------------------------------------------

function Pool(options) {
    if (!(this instanceof Pool)) {
        throw errors.coded(TypeError, 'ERR_CONSTRUCT_CALL_REQUIRED',
            'Class constructor Pool cannot be invoked without `new`');
    }
    options = options === undefined || options === null ? {} : options;
    EventEmitter.call(this);
    checkOptions(options);
    this.options = settle(options);
    this.completed = 0;
    this.needsDrain = false;
    this._queue = options.taskQueue || new queues.TaskQueue();
    this._skipped = []; // taken out of the queue, but their worker had other tasks
    this._members = [];
    this._free = []; // members without a task
    this._handlers = Object.create(null);
    this._handlerCount = 0;
    this._first = this.options.filename === null ? null :
        this._handler(this.options.filename, this.options.name, undefined);
    this._pending = 0; // tasks not settled; while there are any the isolate lives
    this._drains = null; // who waits for that to be 0
    this._madeCount = 0;
    this._isClosing = false;
    this._isDestroying = false;
    this._isBroken = false; // the last worker died before it was ready
    this._start = now();
    this._waitTime = this.options.recordTiming ? system.histogram() : null;
    this._runTime = this.options.recordTiming ? system.histogram() : null;
    this._recycler = null;
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
            job: job !== undefined ? job : name === 'default' ? baseName(file) : name
        };
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
    system.open(member.port);
    this._members.push(member);
    this._free.push(member);
    return member;
};

function drop(list, item) {
    var index = list.indexOf(item);
    if (index >= 0) {
        list.splice(index, 1);
    }
}

Pool.prototype._leaveFree = function (member) {
    drop(this._free, member);
    stopTimer(member);
};

// Takes a worker out; what runs in it goes on until its thread is stopped.
Pool.prototype._leave = function (member) {
    member.isLeaving = true;
    drop(this._members, member);
    this._leaveFree(member);
};

function stopTimer(member) {
    if (member.idleTimer !== null) {
        clearTimeout(member.idleTimer);
        member.idleTimer = null;
    }
}

function takeTasks(member) {
    var list = member.tasks;
    member.tasks = [];
    member.usage = 0;
    return list;
}

// Takes one out; undefined when it was aborted meanwhile.
function takeTask(member, number) {
    var tasks = member.tasks;
    if (tasks.length === 1 && tasks[0].taskId === number) {
        return tasks.pop();
    }
    for (var i = 0; i < tasks.length; i++) {
        if (tasks[i].taskId === number) {
            return tasks.splice(i, 1)[0];
        }
    }
    return undefined;
}

// Stops a worker at once; its tasks fail.
Pool.prototype._remove = function (member, error) {
    var pool = this;
    if (member.isGone) {
        return;
    }
    this._leave(member);
    member.isGone = true;
    member.worker.terminate();
    member.port.close();
    takeTasks(member).forEach(function (task) {
        pool._settle(task, error || new Error('Terminating worker thread'), true);
    });
};

// A worker died or exited: its tasks fail with `error`, another takes its place.
Pool.prototype._died = function (member, error, isError) {
    var pool = this;
    var tasks = takeTasks(member);
    if (member.recycle !== null) {
        member.recycle.ended(member, error, isError);
    }
    if (member.isGone) {
        return;
    }
    member.isGone = true;
    this._leave(member);
    member.port.close();
    this._isBroken = !member.isReady;
    tasks.forEach(function (task) { pool._settle(task, error, true); });
    if (!this._isBroken) {
        this._fill();
        this._enough();
    } else if (this._members.length === 0) {
        this._failQueue(error);
    }
    if (tasks.length === 0 && isError) {
        this.emit('error', error);
    }
};

// No worker is left and new ones do not even start: who waits hears why.
Pool.prototype._failQueue = function (error) {
    var task;
    while ((task = this._take()) !== null) {
        this._settle(task, error, true);
    }
};

// As many workers as tasks that wait, within the maximum.
Pool.prototype._enough = function () {
    while (this._free.length > 0 && this._waiting() > 0) {
        this._feed(this._free[this._free.length - 1]);
    }
    while (!this._isDestroying && this._waiting() > 0 &&
        this._members.length < this.options.maxThreads) {
        this._feed(this._add());
    }
};

// ---- tasks on their way -------------------------------------------------------------------------

Pool.prototype._waiting = function () {
    return this._queue.size + this._skipped.length;
};

Pool.prototype._take = function () {
    if (this._skipped.length > 0) {
        return this._skipped.shift();
    }
    return this._queue.size > 0 ? this._queue.shift() : null;
};

// The member that has the fewest tasks, NULL when all have as many as they may.
Pool.prototype._find = function () {
    var free = this._free;
    if (free.length > 0) {
        return free[free.length - 1];
    }
    var most = this.options.concurrentTasksPerWorker;
    var found = null;
    if (most > 1) {
        for (var i = 0; i < this._members.length; i++) {
            var member = this._members[i];
            if (member.usage < most && !member.isAbortable && !member.isLeaving) {
                found = member;
                most = member.usage;
            }
        }
    }
    return found;
};

Pool.prototype._send = function (member, task) {
    var handler = task.handler;
    var value = task.task;
    task.task = null;
    try {
        if (member.known[handler.number] !== true) {
            system.post(member.port, HANDLER, 0, handler.number, specOf(handler), undefined);
            member.known[handler.number] = true;
        }
        var posted = system.post(member.port, TASK, task.taskId, handler.number, value,
            task.transferList);
        if (typeof posted !== 'number') {
            member.isLeaving = true; // it has just ended and will be heard of
            this._leaveFree(member);
            this._return(task, posted[0]);
            return;
        }
        task.started = posted;
    } catch (error) {
        this._settle(task, error, true);
        return;
    }
    this._give(member, task);
};

// Gives a member that has room what waits.
Pool.prototype._feed = function (member) {
    var most = this.options.concurrentTasksPerWorker + member.ahead;
    var before = member.usage;
    while (member.usage < most && !member.isAbortable && !member.isLeaving) {
        var task = this._take();
        if (task === null) {
            break;
        }
        if (member.usage > 0 && (task.abortSignal !== null || (task.transferList !== undefined &&
            member.usage >= this.options.concurrentTasksPerWorker))) {
            this._skipped.unshift(task); // it has to be alone in its worker, or to be sure of it
            break;
        }
        this._send(member, task);
    }
    if (member.usage > before) {
        system.ring(member.port);
    }
};

// How far ahead of its answers a worker is sent tasks, by how long its last ones took.
Pool.prototype._pace = function (member, task, posted) {
    var began = task.started > member.answered ? task.started : member.answered;
    var ms = posted - began;
    member.answered = posted;
    if (this._runTime !== null) {
        system.record(this._waitTime, (began - task.created) * 1000);
        system.record(this._runTime, ms * 1000);
    }
    member.runTime += (ms - member.runTime) * (ms > member.runTime ? 0.5 : 0.1);
    member.ahead = member.runTime * AHEAD_MAX < AHEAD_MS ? AHEAD_MAX :
        member.runTime < AHEAD_MS ? Math.floor(AHEAD_MS / member.runTime) : 0;
};

// Nothing waits in the queue: takes back from who has most what that has not begun.
Pool.prototype._steal = function (member) {
    var from = null;
    for (var i = 0; i < this._members.length; i++) {
        var other = this._members[i];
        if (other.usage > (from === null ? 1 : from.usage) && !other.isGone) {
            from = other;
        }
    }
    var task = from === null ? null : from.tasks[from.tasks.length - 1];
    if (task === null || from === member) {
        return;
    }
    if (member.known[task.handler.number] !== true) {
        system.post(member.port, HANDLER, 0, task.handler.number, specOf(task.handler), undefined);
        member.known[task.handler.number] = true;
    }
    if (system.move(from.port, member.port, task.taskId)) {
        from.tasks.pop();
        from.usage--;
        this._give(member, task);
    }
};

// The task is with the member from now on.
Pool.prototype._give = function (member, task) {
    var free = this._free;
    if (member.usage++ === 0) {
        if (free[free.length - 1] === member) {
            free.pop();
        } else {
            drop(free, member);
        }
        if (member.idleTimer !== null) {
            stopTimer(member);
        }
    }
    if (task.abortSignal !== null) {
        member.isAbortable = true;
    }
    member.tasks.push(task);
    task.worker = member;
};

// The task is over.
Pool.prototype._settle = function (task, value, isError) {
    this.completed++;
    if (task.abortSignal !== null) {
        forget(task);
    }
    system.settle(task.promise, value, isError);
    if (--this._pending === 0) {
        system.hold(false);
        if (this._drains !== null) {
            this._drained();
        }
    }
    this._told();
};

// 'drain' and 'needsDrain', as Piscina tells them.
Pool.prototype._told = function () {
    var waiting = this._queue.size + this._skipped.length;
    if (waiting === 0) {
        this.needsDrain = false;
        if (this._events.drain !== undefined) {
            this.emit('drain');
        }
    }
    if (waiting >= this.options.maxQueue) {
        this.needsDrain = true;
        if (this._events.needsDrain !== undefined) {
            this.emit('needsDrain');
        }
    }
};

// A member has nothing to do: it leaves after idleTimeout when there are more than are needed.
Pool.prototype._idle = function (member) {
    var pool = this;
    if (member.isLeaving) {
        if (member.recycle !== null) {
            member.recycle.drained(member);
        }
        return;
    }
    this._free.push(member);
    if (this._members.length > this.options.minThreads && this.options.idleTimeout !== Infinity) {
        member.idleTimer = setTimeout(function () {
            member.idleTimer = null;
            if (member.usage === 0 && !member.isGone &&
                pool._members.length > pool.options.minThreads) {
                pool._remove(member);
            }
        }, this.options.idleTimeout).unref();
    }
};

// pack of pool_worker.js: [error, own properties]
function errorOf(pack) {
    if (pack[0] instanceof Error) {
        Object.keys(pack[1]).forEach(function (name) { pack[0][name] = pack[1][name]; });
    }
    return pack[0];
}

function heard(port, number, handler, posted, live, committed, value, what) {
    var member = port._member;
    var pool = member.pool;
    var isAnswer = what === RESULT || what === ERROR || what === FAILURE;
    var task = isAnswer ? takeTask(member, number) : undefined;

    member.live = live;
    member.committed = committed;
    if (task === undefined) {
        pool._heardOther(member, what, value, number);
        return;
    }
    pool._pace(member, task, posted);
    member.completed++;
    member.usage--;
    member.isAbortable = false;
    if (pool._recycler !== null) {
        pool._recycler.observe(member);
    }
    // Its next task is on its way before anybody hears of this one.
    if (member.usage < pool.options.concurrentTasksPerWorker + (member.ahead >> 2) && (pool._queue.size > 0 || pool._skipped.length > 0)) {
        pool._feed(member);
    }
    if (member.usage === 0 && !member.isLeaving) {
        pool._steal(member);
    }
    if (member.usage === 0) {
        pool._idle(member);
    }
    pool._settle(task, what === FAILURE ? errorOf(value) : value, what !== RESULT);
}

// The worker ended before it began a task: that waits for another.
Pool.prototype._returned = function (member, number, value) {
    var task = takeTask(member, number);
    if (task !== undefined) {
        member.usage--;
        this._return(task, value);
    }
};

// The task waits again, with its value: buffers and ports that moved are in that.
Pool.prototype._return = function (task, value) {
    task.task = value;
    task.transferList = undefined;
    task.worker = null;
    task.started = 0;
    this._skipped.push(task);
};

Pool.prototype._heardOther = function (member, what, value, number) {
    switch (what) {
    case READY:
        member.isReady = true;
        member.firstCommitted = member.committed;
        this._isBroken = false;
        if (member.recycle !== null) {
            member.recycle.ready(member);
        }
        break;
    case FIGURES:
        if (this._recycler !== null) {
            this._recycler.observe(member);
        }
        break;
    case RETURNED:
        this._returned(member, number, value);
        break;
    case ASKED:
        this._recycling().ask(member, value);
        break;
    }
};

system.listen(heard);

// ---- run ----------------------------------------------------------------------------------------

function forget(task) {
    var signal = task.abortSignal;
    if (task.abortListener !== undefined) {
        if (typeof signal.removeEventListener === 'function') {
            signal.removeEventListener('abort', task.abortListener);
        } else {
            signal.removeListener('abort', task.abortListener);
        }
        task.abortListener = undefined;
    }
}

Pool.prototype._watch = function (task, signal) {
    var pool = this;
    task.abortSignal = signal;
    task.abortListener = function () {
        var member = task.worker;
        forget(task);
        if (member !== null) {
            takeTask(member, task.taskId);
            pool._settle(task, AbortError(signal.reason), true);
            pool._remove(member);
            pool._fill();
            pool._enough();
        } else {
            if (pool._skipped.indexOf(task) >= 0) {
                drop(pool._skipped, task);
            } else {
                pool._queue.remove(task);
            }
            pool._settle(task, AbortError(signal.reason), true);
        }
    };
    if (typeof signal.addEventListener === 'function') {
        signal.addEventListener('abort', task.abortListener, { once: true });
    } else {
        signal.once('abort', task.abortListener);
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
    var file = typeof options.filename === 'string' ? filePath(options.filename) :
        pool.options.filename;
    return file === null ? null : pool._handler(file,
        typeof options.name === 'string' ? options.name : pool.options.name,
        typeof options.job === 'string' ? options.job : undefined);
}

Pool.prototype.run = function (value, options) {
    var task;
    if (options === undefined) {
        task = new Task(value, this._first);
    } else {
        if (options === null || typeof options !== 'object') {
            return Promise.reject(new TypeError('options must be an object'));
        }
        try {
            task = new Task(value, handlerOf(this, options));
            this._setOptions(task, options);
        } catch (error) {
            return Promise.reject(error);
        }
    }
    if (task.handler === null) {
        return rejected('filename must be provided to run() or in options object');
    }
    if (this._isClosing) {
        return Promise.reject(AbortError('queue is closing up'));
    }
    if (moving.isMoved(value)) {
        task.transferList = (task.transferList || []).concat(value[moving.transferableSymbol]);
        task.task = value[moving.valueSymbol];
    }
    return this._enqueue(task, options === undefined ? null : options.signal);
};

Pool.prototype._enqueue = function (task, signal) {
    var waiting = this._queue.size;
    var member = waiting === 0 ? this._find() : null;
    var isNew = false;
    if ((member === null || member.usage > 0) && this._members.length < this.options.maxThreads) {
        isNew = true;
    } else if (member !== null && member.usage > 0 && signal) {
        member = null;
    }
    if (!isNew && member === null && waiting >= this.options.maxQueue) {
        return rejected(this.options.maxQueue === 0 ?
            'No task queue available and all Workers are busy' : 'Task queue is at limit');
    }
    var promise = task.promise = system.promise();
    if (signal) {
        this._watch(task, signal);
    }
    task.created = now();
    if (this._pending++ === 0) {
        system.hold(true);
    }
    if (isNew) {
        member = this._add();
    }
    if (member !== null && waiting === 0) {
        this._send(member, task);
        system.ring(member.port);
    } else {
        this._queue.push(task);
        if (isNew) {
            this._feed(member);
        }
    }
    this._told();
    return promise;
};

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
    this._failQueue(new Error('Terminating worker thread'));
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

Pool.prototype._drained = function () {
    var waiting = this._drains;
    this._drains = null;
    waiting.forEach(function (resolve) { resolve(); });
};

// Resolves when nothing waits or runs any more.
Pool.prototype.drain = function () {
    var pool = this;
    return new Promise(function (resolve) {
        if (pool._pending === 0) {
            resolve();
        } else {
            pool._drains = (pool._drains || []).concat([resolve]);
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
    if (options.force) {
        this._failQueue(AbortError('pool is closed'));
    }
    function finish() {
        return pool.destroy().then(function () {
            pool._isClosing = false;
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
getter('queueSize', function () { return this._queue.size + this._skipped.length; });
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
