// Generators and async functions on the engine's coroutines. A body runs on a thread of the engine,
// which is kept for the next body when it ends. One runs at a time, so what passes between a body and
// whoever resumed it is a value and, in `signal`, what it means:
//
//   out of a body: YIELD or AWAIT a value, DONE with the result, THROWN with the error
//   into a body:   NEXT with the value of the yield, THROW an error, RETURN a value
//
// What ends an await is no signal: the value is what Thread.yield() returns, or throws.
//
// RETURN throws a Leaving at the place of the yield, so that finally blocks run; lowered catch clauses
// of generators let it pass.
'use strict';

const natives = native('lowered');
const tasks = native('tasks');
const iteration = require('iteration');
const Thread = natives.Thread;
const YIELD = 0, AWAIT = 1, DONE = 2, THROWN = 3;
const NEXT = 0, THROW = 1, RETURN = 2;
const FRESH = 0, SUSPENDED = 1, RUNNING = 2, ENDED = 3;
const KEPT = 16; // threads that wait for a body
const DEEPEST = 5000; // bodies that run inside each other; each has a stack of its own, some 6 KB
const STATE = natives.private('generator');
const ITERATOR = Symbol.iterator;
const ASYNC_ITERATOR = Symbol.asyncIterator;
const resumeThread = Thread.resume, yieldThread = Thread.yield;
const awaitFor = tasks.awaitFor;
const getPrototypeOf = Object.getPrototypeOf;
const setPrototypeOf = Object.setPrototypeOf;
const defineProperty = Object.defineProperty;
const slice = Array.prototype.slice;

var signal;
var carried; // out of a body, until take()
var idle = [];
var depth = 0;

function isObject(value) {
    return value !== null && typeof value === 'object' || typeof value === 'function';
}

function Leaving(value) {
    this.value = value;
}

// ---- bodies -------------------------------------------------------------------------------------

// What a thread runs: one body after the other.
function main(body) {
    for (;;) {
        var value;
        try {
            value = body();
            signal = DONE;
        } catch (error) {
            signal = error instanceof Leaving ? DONE : THROWN;
            value = error instanceof Leaving ? error.value : error;
        }
        body = undefined;
        var out = value;
        value = undefined;
        body = yieldThread(out);
    }
}

function takeThread() {
    return idle.length ? idle.pop() : new Thread(main);
}

// The body's answer in place of one that ran.
function overflow() {
    signal = THROWN;
    return new RangeError('Maximum call stack size exceeded');
}

// Runs the thread until it says something; back in `signal` and `carried`. kind and value go in;
// isThrown: the value is why what it awaits was rejected.
function resume(thread, kind, value, isThrown) {
    signal = kind;
    carried = ++depth > DEEPEST ? overflow() : resumeThread(thread, value, isThrown);
    depth--;
    if (signal >= DONE && idle.length < KEPT) {
        idle.push(thread);
    }
}

// In a body: says something and waits for the answer, which it returns or throws.
function suspend(kind, value) {
    signal = kind;
    var answer = yieldThread(value);
    if (signal === NEXT) {
        return answer;
    }
    throw signal === THROW ? answer : new Leaving(answer);
}

// ---- prototypes ---------------------------------------------------------------------------------

function hidden(object, key, value) {
    defineProperty(object, key, { value: value, writable: true, configurable: true });
}

function tag(object, name) {
    if (Symbol.toStringTag) {
        defineProperty(object, Symbol.toStringTag, { value: name, configurable: true });
    }
}

// The prototype of functions of a kind, and its constructor; `head` is how such functions begin.
function functionKind(name, head, parent, objects) {
    function Kind() {
        var count = arguments.length;
        var parameters = slice.call(arguments, 0, Math.max(0, count - 1)).join();
        Function(parameters, ''); // they end where they seem to
        return (0, eval)('(' + head + ' anonymous(' + parameters + '\n) {\n' +
            (count === 0 ? '' : arguments[count - 1]) + '\n})');
    }
    defineProperty(Kind, 'name', { value: name, configurable: true });
    defineProperty(Kind, 'length', { value: 1, configurable: true });
    setPrototypeOf(Kind, Function);
    var prototype = Object.create(Function.prototype);
    defineProperty(Kind, 'prototype', { value: prototype, writable: false });
    defineProperty(prototype, 'constructor', { value: Kind, configurable: true });
    tag(prototype, name);
    if (objects) {
        defineProperty(prototype, 'prototype', { value: objects, configurable: true });
        defineProperty(objects, 'constructor', { value: prototype, configurable: true });
        setPrototypeOf(objects, parent);
    }
    return prototype;
}

function iteratorParent() {
    var values = [][ITERATOR];
    return values ? getPrototypeOf(getPrototypeOf(values.call([]))) : Object.prototype;
}

const generators = {};
const asyncGenerators = {};
const asyncIterators = {};
const generatorFunctions = functionKind('GeneratorFunction', 'function*', iteratorParent(), generators);
const asyncGeneratorFunctions = functionKind('AsyncGeneratorFunction', 'async function*', asyncIterators, asyncGenerators);
const asyncFunctions = functionKind('AsyncFunction', 'async function');
tag(generators, 'Generator');
tag(asyncGenerators, 'AsyncGenerator');
if (!generators[ITERATOR]) {
    hidden(generators, ITERATOR, function () { return this; });
}
if (ASYNC_ITERATOR) {
    hidden(asyncIterators, ASYNC_ITERATOR, function () { return this; });
    defineProperty(asyncIterators[ASYNC_ITERATOR], 'name', { value: '[Symbol.asyncIterator]' });
}

// Gives a function its kind; generators get the prototype of their objects.
function mark(prototype, objects) {
    return function (made) {
        setPrototypeOf(made, prototype);
        if (objects) {
            defineProperty(made, 'prototype', { value: Object.create(objects), writable: true });
        }
        return made;
    };
}

// ---- generators ---------------------------------------------------------------------------------

function Generator(body) {
    this.body = body;
    this.thread = null;
    this.status = FRESH;
}

function stateOf(generator, method) {
    var state = isObject(generator) ? generator[STATE] : undefined;
    if (!(state instanceof Generator)) {
        throw new TypeError(method + ' method called on incompatible receiver ' + String(generator));
    }
    if (state.status === RUNNING) {
        throw new TypeError('Generator is already running');
    }
    return state;
}

function result(value, done) {
    return { value: value, done: done };
}

// Runs the body on; true when it yielded `carried`.
function advance(state, kind, value) {
    if (state.status === FRESH) {
        state.thread = takeThread();
        kind = NEXT;
        value = state.body;
        state.body = null;
    }
    state.status = RUNNING;
    resume(state.thread, kind, value);
    if (signal === YIELD) {
        state.status = SUSPENDED;
        return true;
    }
    state.status = ENDED;
    state.thread = null;
    if (signal === THROWN) {
        throw take();
    }
    return false;
}

function take() {
    var value = carried;
    carried = undefined;
    return value;
}

function finish(state, kind, value) {
    state.status = ENDED;
    state.body = null;
    if (kind === THROW) {
        throw value;
    }
    return result(kind === RETURN ? value : undefined, true);
}

function send(state, kind, value) {
    if (state.status === ENDED || state.status === FRESH && kind !== NEXT) {
        return finish(state, kind, value);
    }
    var isOpen = advance(state, kind, value);
    return result(take(), !isOpen);
}

hidden(generators, 'next', function next(value) {
    return send(stateOf(this, 'next'), NEXT, value);
});
hidden(generators, 'return', function (value) {
    return send(stateOf(this, 'return'), RETURN, value);
});
hidden(generators, 'throw', function (error) {
    return send(stateOf(this, 'throw'), THROW, error);
});
defineProperty(generators['return'], 'name', { value: 'return', configurable: true });
defineProperty(generators['throw'], 'name', { value: 'throw', configurable: true });

// A loop over a generator needs no result objects.
function GeneratorWalk(iterator) {
    this.iterator = iterator;
    this.state = iterator[STATE];
    this.isDone = false;
    this.value = undefined;
}

GeneratorWalk.prototype = Object.create(iteration.Walk.prototype);

GeneratorWalk.prototype.next = function () {
    var state = this.state;
    this.isDone = true;
    if (state.status === ENDED) {
        return false;
    }
    if (state.status === RUNNING) {
        throw new TypeError('Generator is already running');
    }
    var isOpen = advance(state, NEXT, undefined);
    this.value = take();
    this.isDone = !isOpen;
    return isOpen;
};

const generatorNext = generators.next;
iteration.walkGenerators(function (iterator) {
    return iterator.next === generatorNext && iterator[STATE] instanceof Generator ?
        new GeneratorWalk(iterator) : null;
});

// What a call of a generator function gives; called by that function itself.
function makeGenerator(body) {
    var prototype = natives.caller().prototype;
    var made = Object.create(isObject(prototype) ? prototype : generators);
    made[STATE] = new Generator(body);
    return made;
}

// yield* in a generator
function delegate(iterable) {
    var iterator = iteration.iteratorOf(iterable);
    var next = iterator.next;
    var kind = NEXT;
    var value;
    for (;;) {
        var step = stepInner(iterator, next, kind, value);
        if (!isObject(step)) {
            throw iteration.badResult(step);
        }
        if (step.done) {
            if (kind === RETURN) {
                throw new Leaving(step.value);
            }
            return step.value;
        }
        signal = YIELD;
        value = yieldThread(step.value);
        kind = signal;
    }
}

function stepInner(iterator, next, kind, value) {
    if (kind === NEXT) {
        return next.call(iterator, value);
    }
    var method = iterator[kind === RETURN ? 'return' : 'throw'];
    if (method !== undefined && method !== null) {
        return method.call(iterator, value);
    }
    if (kind === RETURN) {
        throw new Leaving(value);
    }
    closeInner(iterator);
    throw new TypeError('The iterator does not provide a \'throw\' method');
}

function closeInner(iterator) {
    var method = iterator['return'];
    if (method !== undefined && method !== null) {
        var closed = method.call(iterator);
        if (!isObject(closed)) {
            throw iteration.badResult(closed);
        }
    }
}

// ---- async functions ----------------------------------------------------------------------------

// A call of an async function.
function Task(body) {
    this.thread = takeThread();
    this.promise = tasks.pending();
    goOn.call(this, body, false);
}

// Runs the body of a Task until it awaits, and on when that is settled. Written to call little: this
// is what an await costs.
function goOn(value, isThrown) {
    value = ++depth > DEEPEST ? overflow() : resumeThread(this.thread, value, isThrown);
    depth--;
    if (signal === AWAIT) {
        try {
            awaitFor(value, goOn, this);
        } catch (error) { // its constructor is read
            awaitFor(Promise.reject(error), goOn, this);
        }
        return;
    }
    if (idle.length < KEPT) {
        idle.push(this.thread);
    }
    this.thread = null;
    tasks.settle(this.promise, value, signal === THROWN);
}

// Calls one of the functions with the outcome of the value, which may be a promise; no promise is
// made of what they return.
function settle(value, fulfilled, rejected) {
    try {
        tasks.await(value, fulfilled, rejected);
    } catch (error) { // its constructor is read
        tasks.await(Promise.reject(error), fulfilled, rejected);
    }
}

function startAsync(body) {
    return new Task(body).promise;
}

// An async function without await needs no coroutine.
function startSettled(body) {
    var promise = tasks.pending();
    try {
        tasks.settle(promise, body(), false);
    } catch (error) {
        tasks.settle(promise, error, true);
    }
    return promise;
}

function wait(value) {
    signal = AWAIT;
    return yieldThread(value);
}

// ---- async generators ---------------------------------------------------------------------------

// Requests wait in a queue; the body is resumed for the first of them.
function AsyncGenerator(body) {
    var state = this;
    this.body = body;
    this.thread = null;
    this.status = FRESH;
    this.queue = [];
    this.fulfilled = function (value) { state.go(NEXT, value, false); };
    this.rejected = function (error) { state.go(THROW, error, true); };
}

// Answers the first request.
AsyncGenerator.prototype.answer = function (kind, value, done) {
    var promise = this.queue.shift().promise;
    tasks.settle(promise, kind === THROW ? value : result(value, done), kind === THROW);
};

// Resumes the body and does what it says.
AsyncGenerator.prototype.go = function (kind, value, isThrown) {
    this.status = RUNNING;
    resume(this.thread, kind, value, isThrown);
    var what = signal;
    value = take();
    if (what === AWAIT) {
        settle(value, this.fulfilled, this.rejected);
    } else if (what === YIELD) {
        this.status = SUSPENDED;
        this.answer(NEXT, value, false);
        this.serve();
    } else {
        this.status = ENDED;
        this.thread = null;
        this.answer(what === THROWN ? THROW : NEXT, value, true);
        this.serve();
    }
};

// Serves the queue until the body runs or nothing waits.
AsyncGenerator.prototype.serve = function () {
    while (this.queue.length && this.status !== RUNNING) {
        var request = this.queue[0];
        if (this.status === FRESH && request.kind !== NEXT) {
            this.status = ENDED;
            this.body = null;
        }
        if (this.status === ENDED) {
            if (request.kind === RETURN) {
                this.awaitReturn(request.value);
                return;
            }
            this.answer(request.kind, request.kind === THROW ? request.value : undefined, true);
        } else if (this.status === FRESH) {
            this.thread = takeThread();
            var body = this.body;
            this.body = null;
            this.go(NEXT, body);
        } else {
            this.go(request.kind, request.value);
        }
    }
};

// return(value) of one that has ended: the value is awaited.
AsyncGenerator.prototype.awaitReturn = function (value) {
    var state = this;
    state.status = RUNNING;
    function answer(kind) {
        return function (outcome) {
            state.status = ENDED;
            state.answer(kind, outcome, true);
            state.serve();
        };
    }
    settle(value, answer(NEXT), answer(THROW));
};

function request(generator, kind, value) {
    var promise = tasks.pending();
    var state = isObject(generator) ? generator[STATE] : undefined;
    if (state instanceof AsyncGenerator) {
        state.queue.push({ kind: kind, value: value, promise: promise });
        if (state.status !== RUNNING) {
            state.serve();
        }
    } else {
        tasks.settle(promise, new TypeError(['next', 'throw', 'return'][kind] +
            ' method called on incompatible receiver ' + String(generator)), true);
    }
    return promise;
}

hidden(asyncGenerators, 'next', function next(value) {
    return request(this, NEXT, value);
});
hidden(asyncGenerators, 'return', function (value) {
    return request(this, RETURN, value);
});
hidden(asyncGenerators, 'throw', function (error) {
    return request(this, THROW, error);
});
defineProperty(asyncGenerators['return'], 'name', { value: 'return', configurable: true });
defineProperty(asyncGenerators['throw'], 'name', { value: 'throw', configurable: true });

function makeAsyncGenerator(body) {
    var prototype = natives.caller().prototype;
    var made = Object.create(isObject(prototype) ? prototype : asyncGenerators);
    made[STATE] = new AsyncGenerator(function () { return wait(body()); });
    return made;
}

// yield in an async generator: the value is awaited; so is what return() was given.
function asyncYield(value) {
    value = wait(value);
    signal = YIELD;
    var answer = yieldThread(value);
    var kind = signal;
    if (kind === NEXT) {
        return answer;
    }
    if (kind === THROW) {
        throw answer;
    }
    throw new Leaving(wait(answer));
}

// The async iterator of a value; of a sync one, its values are awaited.
function asyncIteratorOf(value) {
    var method = value === undefined || value === null || !ASYNC_ITERATOR ? undefined : value[ASYNC_ITERATOR];
    if (method === undefined || method === null) {
        return { iterator: iteration.iteratorOf(value), isSync: true };
    }
    if (typeof method !== 'function') {
        throw new TypeError(String(method) + ' is not a function');
    }
    var iterator = method.call(value);
    if (!isObject(iterator)) {
        throw new TypeError('Result of the Symbol.asyncIterator method is not an object');
    }
    return { iterator: iterator, isSync: false };
}

function asyncDelegate(iterable) {
    var from = asyncIteratorOf(iterable);
    var next = from.iterator.next;
    var kind = NEXT;
    var value;
    for (;;) {
        var step = stepInner(from.iterator, next, kind, value);
        step = from.isSync ? step : wait(step);
        if (!isObject(step)) {
            throw iteration.badResult(step);
        }
        var isDone = step.done;
        var inner = from.isSync ? wait(step.value) : step.value;
        if (isDone) {
            if (kind === RETURN) {
                throw new Leaving(inner);
            }
            return inner;
        }
        signal = YIELD;
        value = yieldThread(inner);
        kind = signal;
        if (kind === RETURN) {
            value = wait(value);
        }
    }
}

// ---- for await ----------------------------------------------------------------------------------

function AsyncWalk(from) {
    this.iterator = from.iterator;
    this.isSync = from.isSync;
    this.step = from.iterator.next;
    this.isDone = false;
    this.value = undefined;
}

AsyncWalk.prototype = Object.create(iteration.Walk.prototype);

AsyncWalk.prototype.next = function () {
    this.isDone = true;
    var step = this.step.call(this.iterator);
    step = this.isSync ? step : wait(step);
    if (!isObject(step)) {
        throw iteration.badResult(step);
    }
    if (step.done) {
        return false;
    }
    this.value = this.isSync ? wait(step.value) : step.value;
    this.isDone = false;
    return true;
};

AsyncWalk.prototype.close = function () {
    this.isDone = true;
    var method = this.iterator['return'];
    if (method === undefined || method === null) {
        return;
    }
    var closed = method.call(this.iterator);
    closed = this.isSync ? closed : wait(closed);
    if (!isObject(closed)) {
        throw iteration.badResult(closed);
    }
};

// ---- what lowered code sees ---------------------------------------------------------------------

exports.install = function (lowered) {
    lowered.generatorFunction = mark(generatorFunctions, generators);
    lowered.asyncGeneratorFunction = mark(asyncGeneratorFunctions, asyncGenerators);
    lowered.asyncFunction = mark(asyncFunctions, null);
    lowered.generator = makeGenerator;
    lowered.asyncGenerator = makeAsyncGenerator;
    lowered.async = startAsync;
    lowered.settled = startSettled;
    lowered.await = wait;
    lowered.yield = function (value) {
        return suspend(YIELD, value);
    };
    lowered.asyncYield = asyncYield;
    lowered.delegate = delegate;
    lowered.asyncDelegate = asyncDelegate;
    lowered.ofAsync = function (value) {
        return new AsyncWalk(asyncIteratorOf(value));
    };
    lowered.isLeaving = function (error) {
        return error instanceof Leaving;
    };
    // In a catch clause of a generator.
    lowered.pass = function (error) {
        if (error instanceof Leaving) {
            throw error;
        }
    };
};
