// Workers of this thread: they load the agent as well, also where the program starts them with an
// environment or arguments of their own, and their beginnings and ends are told by who started them, so
// that those who die without a word are told too. Worker stays what it was for the program: the same
// name, prototype and errors.
'use strict';

const threads = require('worker_threads');
const { errorMonitor } = require('events');
const { performance } = require('perf_hooks');
const { basename, extname, join } = require('path');
const { syncBuiltinESMExports } = require('module');
const { guard } = require('./guard.js');

const FOLLOW = join(__dirname, '..', 'follow.js');
const LOAN = 'isoscope:board';
const REQUIRE = ` --require "${FOLLOW.replace(/["\\]/g, '\\$&')}"`;

/** NODE_OPTIONS without what followed() added. */
function withoutFollow(options) {
    return options.endsWith(REQUIRE) ? options.slice(0, -REQUIRE.length) : options;
}

/** The options under which the worker loads the agent. Without an environment and arguments of its own
 * it inherits ours. */
function followed(options) {
    if (options === null || typeof options !== 'object') {
        return options;
    }
    const { execArgv, env } = options;
    if (Array.isArray(execArgv)) {
        return { ...options, execArgv: [...execArgv, '--require', FOLLOW] };
    }
    if (env !== null && typeof env === 'object' && env !== process.env) {
        return { ...options, env: { ...env, NODE_OPTIONS: `${env.NODE_OPTIONS ?? ''}${REQUIRE}` } };
    }
    return options;
}

function stemOf(file, options) {
    if (options && options.eval) {
        return 'eval';
    }
    const path = typeof file === 'string' ? file : file.pathname;
    return path.startsWith('data:') ? 'data' : basename(path, extname(path));
}

/** An error's stack without the frames that are ours. */
function withoutUs(error) {
    if (error !== null && typeof error === 'object' && typeof error.stack === 'string') {
        error.stack = error.stack.split('\n').filter((line) => !line.includes(__filename)).join('\n');
    }
    return error;
}

/** What make() returns; a worker that it makes finds `memory` with borrowed(). */
function lending(memory, make) {
    if (memory === null) {
        return make();
    }
    threads.setEnvironmentData(LOAN, memory);
    try {
        return make();
    } finally {
        threads.setEnvironmentData(LOAN, undefined);
    }
}

/** The memory that the maker of this worker lent it, once; undefined for none. */
function borrowed() {
    const memory = threads.getEnvironmentData(LOAN);
    threads.setEnvironmentData(LOAN, undefined); // it is not for the workers of this one
    return memory;
}

/** Calls tell(line) for what happens to the workers of this thread, onWorker(thread, worker, memory) for each,
 * whom it has lent lend(), which may be null. */
function followWorkers(thread, tell, lend, onWorker) {
    const { Worker } = threads;

    const watch = guard((worker, memory, file, options, made) => {
        const child = worker.threadId;
        const isNamed = options && typeof options.name === 'string' && options.name !== '';
        const limit = options?.resourceLimits?.maxOldGenerationSizeMb;
        tell({ type: 'spawn', thread: child, t: Date.now() / 1000, parent: thread,
            limit: limit > 0 ? Math.round(limit * 1048576) : null,
            name: isNamed ? options.name : `${stemOf(file, options)}-${child}` });
        let name = '', started = NaN;
        worker.on('online', guard(() => { started = (performance.now() - made) / 1000; }));
        worker.on(errorMonitor, guard((error) => {
            name = error !== null && typeof error === 'object' ? String(error.name) : 'thrown';
            if (error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
                tell({ type: 'oom', thread: child, t: Date.now() / 1000 });
            }
        }));
        worker.on('exit', guard((code) => tell({ type: 'exit', thread: child, t: Date.now() / 1000, code,
            error: name.slice(0, 31), start_seconds: Number.isNaN(started) ? null : started,
            life_seconds: (performance.now() - made) / 1000 })));
        onWorker(child, worker, memory);
    });
    const follow = new Proxy(Worker, {
        construct(target, args, newTarget) {
            let given = args;
            try {
                given = args.length > 1 ? [args[0], followed(args[1]), ...args.slice(2)] : args;
            } catch {
                // it is Node that tells what is wrong with them
            }
            let worker;
            const memory = lend() ?? null;
            const made = performance.now();
            const limit = Error.stackTraceLimit;
            try {
                Error.stackTraceLimit = limit + 3; // three frames are ours, and taken out
                worker = lending(memory, () => Reflect.construct(target, given, newTarget === follow ? target : newTarget));
            } catch (error) {
                throw withoutUs(error);
            } finally {
                Error.stackTraceLimit = limit;
            }
            watch(worker, memory, args[0], args[1], made);
            return worker;
        },
    });
    threads.Worker = follow;
    Worker.prototype.constructor = follow;
    syncBuiltinESMExports();
}

module.exports = { borrowed, followWorkers, withoutFollow };
