// fs: every function from one description: how its arguments become an operation of the natives
// (file.h) and its result what Node gives. From it come the Sync function, the one with a callback
// and, in fs_promises.js, the one with a Promise.
'use strict';

const errors = require('errors');
const take = require('fs_arguments');
const system = native('fs');

// The operations in the order of file.h.
const OPEN = 0, CLOSE = 1, READ = 2, WRITE = 3, READ_ALL = 4, WRITE_ALL = 5, STAT = 6, LSTAT = 7,
    FSTAT = 8, ACCESS = 9, CHMOD = 10, FCHMOD = 11, TRUNCATE = 12, SYNC = 13, DATASYNC = 14,
    TIMES = 15, FD_TIMES = 16, RENAME = 17, COPY = 18, LINK = 19, SYMLINK = 20, READLINK = 21,
    REALPATH = 22, UNLINK = 23, RMDIR = 24, MKDIR = 25, MKDIRS = 26, MKDTEMP = 27, READDIR = 28,
    REMOVE = 29;

// ---- how an operation is run ------------------------------------------------------------------------

const waiting = Object.create(null); // number -> what waits for it
var last = 0;

function improve(error, job) {
    return job.improve ? job.improve(error) : error;
}

// A job is { call: [operation, arguments...], finish: result -> value, improve: error -> error }.
function now(job) {
    var result;
    try {
        result = system.now.apply(undefined, job.call);
    } catch (error) {
        throw improve(error, job);
    }
    return job.finish ? job.finish(result) : result;
}

// done(error, value) is called by the loop.
function later(job, done) {
    var number = ++last;
    system.later.apply(undefined, [number].concat(job.call));
    waiting[number] = { job: job, done: require('ticks').bound(done) };
}

system.callback(function (number, error, result) {
    var entry = waiting[number];
    delete waiting[number];
    if (error !== null) {
        entry.done(improve(error, entry.job));
    } else {
        entry.done(null, entry.job.finish ? entry.job.finish(result) : result);
    }
});

// ---- descriptions -----------------------------------------------------------------------------------

const jobs = exports.jobs = Object.create(null);

jobs.open = function (path, flags, mode) {
    return { call: [OPEN, take.path(path), take.flags(flags), take.mode(mode, 'mode', 438)] };
};

jobs.close = function (fd) {
    return { call: [CLOSE, take.fd(fd)] };
};

function reading(fd, view, offset, length, position) {
    if (!ArrayBuffer.isView(view)) {
        throw errors.invalidType('buffer', 'an instance of Buffer, TypedArray, or DataView', view);
    }
    if (offset !== null && typeof offset === 'object') {
        position = offset.position;
        length = offset.length;
        offset = offset.offset;
    }
    var range = take.rangeToRead(view, offset, length);
    return { call: [READ, take.fd(fd), view, range[0], range[1], take.position(position)],
        rest: [view] };
}

jobs.read = function (fd, view, offset, length, position) {
    var isOptions = view !== null && typeof view === 'object' && !ArrayBuffer.isView(view);
    if (view === undefined || isOptions) {
        var options = view || {};
        view = options.buffer || require('buffer').Buffer.alloc(16384);
        return reading(fd, view, options.offset, options.length, options.position);
    }
    return reading(fd, view, offset, length, position);
};

jobs.write = function (fd, data, offset, length, position) {
    fd = take.fd(fd);
    if (typeof data === 'string') { // (fd, text, position, encoding)
        var view = take.data(data, length);
        return { call: [WRITE, fd, view, 0, view.byteLength, take.position(offset)], rest: [data] };
    }
    take.data(data, undefined, 'buffer');
    if (offset !== null && typeof offset === 'object') {
        position = offset.position;
        length = offset.length;
        offset = offset.offset;
    }
    var range = take.rangeToWrite(data, offset, length);
    return { call: [WRITE, fd, data, range[0], range[1],
        typeof position === 'number' ? position : null], rest: [data] };
};

function pathOrFd(value) {
    var isFd = typeof value === 'number' && value >>> 0 === value;
    return isFd ? [undefined, value] : [take.path(value), 0];
}

jobs.readFile = function (path, options) {
    options = take.options(options, { flag: 'r' });
    return {
        call: [READ_ALL].concat(pathOrFd(path), take.flags(options.flag)),
        finish: function (buffer) { return take.decoded(buffer, options.encoding); },
        signal: options.signal
    };
};

function writing(path, data, options, flag) {
    options = take.options(options, { encoding: 'utf8', mode: 438, flag: flag });
    var view = take.data(data, options.encoding);
    return {
        call: [WRITE_ALL].concat(pathOrFd(path), take.flags(options.flag || flag),
            take.mode(options.mode, 'mode', 438), view),
        signal: options.signal
    };
}

jobs.writeFile = function (path, data, options) {
    return writing(path, data, options, 'w');
};

jobs.appendFile = function (path, data, options) {
    return writing(path, data, options, 'a');
};

function stats(numbers) {
    return new take.Stats(numbers);
}

jobs.stat = function (path) {
    return { call: [STAT, take.path(path)], finish: stats };
};

jobs.lstat = function (path) {
    return { call: [LSTAT, take.path(path)], finish: stats };
};

jobs.fstat = function (fd) {
    return { call: [FSTAT, take.fd(fd)], finish: stats };
};

jobs.access = function (path, mode) {
    return { call: [ACCESS, take.path(path), take.accessMode(mode)] };
};

jobs.chmod = function (path, mode) {
    return { call: [CHMOD, take.path(path), take.mode(mode, 'mode')] };
};

jobs.fchmod = function (fd, mode) {
    return { call: [FCHMOD, take.fd(fd), take.mode(mode, 'mode')] };
};

jobs.ftruncate = function (fd, length) {
    return { call: [TRUNCATE, take.fd(fd), take.length(length)] };
};

jobs.fsync = function (fd) {
    return { call: [SYNC, take.fd(fd)] };
};

jobs.fdatasync = function (fd) {
    return { call: [DATASYNC, take.fd(fd)] };
};

jobs.utimes = function (path, accessed, modified) {
    return { call: [TIMES, take.path(path), take.time(accessed), take.time(modified)] };
};

jobs.futimes = function (fd, accessed, modified) {
    return { call: [FD_TIMES, take.fd(fd), take.time(accessed), take.time(modified)] };
};

jobs.rename = function (from, to) {
    return { call: [RENAME, take.path(from, 'oldPath'), take.path(to, 'newPath')] };
};

jobs.copyFile = function (from, to, mode) {
    return { call: [COPY, take.path(from, 'src'), take.path(to, 'dest'), take.accessMode(mode)] };
};

jobs.link = function (from, to) {
    return { call: [LINK, take.path(from, 'existingPath'), take.path(to, 'newPath')] };
};

jobs.symlink = function (target, path) {
    return { call: [SYMLINK, take.path(target, 'target'), take.path(path)] };
};

function pathJob(operation, path, options, isNative) {
    var encoding = take.options(options, {}).encoding;
    path = take.path(path);
    return {
        call: [operation, path],
        finish: function (text) { return take.named(text, encoding); },
        improve: operation === REALPATH && !isNative ? function (error) {
            return missingPart(path) || error;
        } : undefined
    };
}

// The error of the first part of a path that is not there.
function missingPart(path) {
    var parts = require('path').resolve(path).split('/');
    for (var i = 2; i <= parts.length; i++) {
        try {
            system.now(LSTAT, parts.slice(0, i).join('/'));
        } catch (error) {
            return error;
        }
    }
    return null;
}

jobs.readlink = function (path, options) {
    return pathJob(READLINK, path, options);
};

jobs.realpath = function (path, options) {
    return pathJob(REALPATH, path, options);
};

jobs.realpathNative = function (path, options) {
    return pathJob(REALPATH, path, options, true);
};

jobs.unlink = function (path) {
    return { call: [UNLINK, take.path(path)] };
};

jobs.rmdir = function (path, options) {
    var isRecursive = options !== null && typeof options === 'object' &&
        take.boolean(options.recursive, 'recursive');
    return { call: isRecursive ? [REMOVE, take.path(path), 1] : [RMDIR, take.path(path)] };
};

jobs.mkdir = function (path, options) {
    var mode = 511;
    var isRecursive = false;
    if (typeof options === 'number' || typeof options === 'string') {
        mode = take.mode(options, 'mode');
    } else if (options) {
        isRecursive = take.boolean(options.recursive, 'recursive');
        mode = take.mode(options.mode, 'options.mode', 511);
    }
    return { call: [isRecursive ? MKDIRS : MKDIR, take.path(path), mode] };
};

jobs.mkdtemp = function (prefix, options) {
    var job = pathJob(MKDTEMP, take.path(prefix, 'prefix') + 'XXXXXX', options);
    return job;
};

function entries(list, path, options) {
    var result = [];
    for (var i = 0; i < list.length; i += 2) {
        var name = take.named(list[i + 1], options.encoding);
        result.push(options.withFileTypes ? new take.Dirent(name, list[i], path) : name);
    }
    return result;
}

jobs.readdir = function (path, options) {
    options = take.options(options, { encoding: 'utf8' });
    take.boolean(options.recursive, 'recursive');
    path = take.path(path);
    return {
        call: [READDIR, path],
        options: options,
        finish: function (list) {
            return options.recursive ? list : entries(list, path, options);
        }
    };
};

function isDirectory(error) {
    if (error.syscall !== 'rm') {
        return error;
    }
    var path = error.path;
    var better = errors.coded(Error, 'ERR_FS_EISDIR',
        'Path is a directory: rm returned EISDIR (is a directory) ' + path);
    better.name = 'SystemError';
    better.stack = better.stack.replace(/^Error/, 'SystemError');
    delete better.name;
    Object.defineProperty(better, 'name', { value: 'SystemError', configurable: true, writable: true });
    better.info = { code: 'EISDIR', message: 'is a directory', path: path, syscall: 'rm', errno: 21 };
    better.errno = 21;
    better.syscall = 'rm';
    better.path = path;
    return better;
}

jobs.rm = function (path, options) {
    options = options && typeof options === 'object' ? options : {};
    var isRecursive = take.boolean(options.recursive, 'recursive');
    var isForced = take.boolean(options.force, 'force');
    return { call: [REMOVE, take.path(path), (isRecursive ? 1 : 0) | (isForced ? 2 : 0)],
        improve: isDirectory };
};

// ---- functions from descriptions ----------------------------------------------------------------

function requireCallback(callback) {
    errors.requireFunction(callback, 'cb');
}

function name(method, text) {
    Object.defineProperty(method, 'name', { value: text });
    return method;
}

// Node's functions with a callback pass what was read into or written from as well.
function answer(callback, job) {
    return function (error, value) {
        if (error) {
            callback(error);
        } else if (job.rest) {
            callback(null, value, job.rest[0]);
        } else if (value === undefined) {
            callback(null);
        } else {
            callback(null, value);
        }
    };
}

function start(job, callback) {
    var signal = job.signal;
    if (signal && signal.aborted) {
        return process.nextTick(callback, errors.abortError(signal.reason));
    }
    later(job, signal ? function (error, value) {
        callback(signal.aborted ? errors.abortError(signal.reason) : error, value);
    } : callback);
}

Object.keys(jobs).forEach(function (verb) {
    var prepare = jobs[verb];
    if (verb === 'realpathNative' || verb === 'readdir') {
        return;
    }
    exports[verb] = name(function () {
        var args = Array.prototype.slice.call(arguments);
        var callback = args.length > 1 ? args.pop() : undefined;
        requireCallback(callback);
        var job = prepare.apply(undefined, args);
        start(job, answer(callback, job));
    }, verb);
    exports[verb + 'Sync'] = name(function () {
        return now(prepare.apply(undefined, arguments));
    }, verb + 'Sync');
});

// ---- what is more than one operation --------------------------------------------------------------

function statSync(verb) {
    return name(function (path, options) {
        try {
            return now(jobs[verb](path));
        } catch (error) {
            if (options && options.throwIfNoEntry === false &&
                (error.code === 'ENOENT' || error.code === 'ENOTDIR') && error.syscall === verb) {
                return undefined;
            }
            throw error;
        }
    }, verb + 'Sync');
}

exports.statSync = statSync('stat');
exports.lstatSync = statSync('lstat');

['stat', 'lstat', 'fstat'].forEach(function (verb) { // with options before the callback
    exports[verb] = name(function (target, options, callback) {
        callback = typeof options === 'function' ? options : callback;
        requireCallback(callback);
        var job = jobs[verb](target);
        start(job, answer(callback, job));
    }, verb);
});

exports.existsSync = function existsSync(path) {
    try {
        system.now(ACCESS, take.path(path), 0);
        return true;
    } catch (error) {
        return false;
    }
};

exports.exists = function exists(path, callback) {
    requireCallback(callback);
    try {
        later({ call: [ACCESS, take.path(path), 0] }, function (error) { callback(!error); });
    } catch (error) {
        process.nextTick(callback, false);
    }
};
Object.defineProperty(exports.exists, Symbol.for('nodejs.util.promisify.custom'), {
    value: function exists(path) {
        return new Promise(function (resolve) { exports.exists(path, resolve); });
    }
});

// What a walk over directories needs to know of each: [[names below], [directories below]].
function below(root, path, list, options) {
    var found = { entries: [], directories: [] };
    for (var i = 0; i < list.length; i += 2) {
        var full = path === '' ? list[i + 1] : path + '/' + list[i + 1];
        found.entries.push(options.withFileTypes ? new take.Dirent(take.named(list[i + 1],
            options.encoding), list[i], path === '' ? root : root === '.' ? path : root + '/' + path) :
            take.named(full, options.encoding));
        if (list[i] === 2) {
            found.directories.push(full);
        }
    }
    return found;
}

function readAllSync(job) {
    var root = job.call[1];
    var queue = [''];
    var result = [];
    for (var i = 0; i < queue.length; i++) {
        var path = queue[i] === '' ? root : root + '/' + queue[i];
        var found = below(root, queue[i], system.now(READDIR, path), job.options);
        result = result.concat(found.entries);
        queue = queue.concat(found.directories);
    }
    return result;
}

exports.readdirSync = function readdirSync(path, options) {
    var job = jobs.readdir(path, options);
    return job.options.recursive ? readAllSync(job) : now(job);
};

function readAll(job, done) {
    var root = job.call[1];
    var queue = [''];
    var result = [];
    (function next() {
        if (queue.length === 0) {
            return done(null, result);
        }
        var at = queue.shift();
        later({ call: [READDIR, at === '' ? root : root + '/' + at] }, function (error, list) {
            if (error) {
                return done(error);
            }
            var found = below(root, at, list, job.options);
            result = result.concat(found.entries);
            queue = queue.concat(found.directories);
            next();
        });
    })();
}

exports.readdir = function readdir(path, options, callback) {
    callback = typeof options === 'function' ? options : callback;
    requireCallback(callback);
    var job = jobs.readdir(path, options);
    run(job, callback);
};

// Runs any job; for fs_promises.js as well.
function run(job, done) {
    if (job.options && job.options.recursive) {
        readAll(job, done);
    } else {
        start(job, done);
    }
}

exports.truncateSync = function truncateSync(path, length) {
    var fd = now(jobs.open(path, 'r+'));
    try {
        now(jobs.ftruncate(fd, length));
    } finally {
        now(jobs.close(fd));
    }
};

exports.truncate = function truncate(path, length, callback) {
    callback = typeof length === 'function' ? length : callback;
    requireCallback(callback);
    length = take.length(typeof length === 'function' ? 0 : length);
    later(jobs.open(path, 'r+'), function (error, fd) {
        if (error) {
            return callback(error);
        }
        later(jobs.ftruncate(fd, length), function (failure) {
            later(jobs.close(fd), function (second) { callback(failure || second || null); });
        });
    });
};

exports.realpathSync.native = name(function (path, options) {
    return now(jobs.realpathNative(path, options));
}, '');
exports.realpath.native = name(function (path, options, callback) {
    callback = typeof options === 'function' ? options : callback;
    requireCallback(callback);
    start(jobs.realpathNative(path, options), callback);
}, '');

['writev', 'readv'].forEach(function (verb) {
    var one = verb.slice(0, -1);
    exports[verb + 'Sync'] = name(function (fd, views, position) {
        var total = 0;
        for (var i = 0; i < views.length; i++) {
            var count = now(jobs[one](fd, views[i], 0, views[i].byteLength,
                typeof position === 'number' ? position + total : null));
            total += count;
            if (count < views[i].byteLength) {
                break;
            }
        }
        return total;
    }, verb + 'Sync');
    exports[verb] = name(function (fd, views, position, callback) {
        callback = typeof position === 'function' ? position : callback;
        requireCallback(callback);
        var total = 0;
        (function next(i) {
            if (i === views.length) {
                return process.nextTick(callback, null, total, views);
            }
            later(jobs[one](fd, views[i], 0, views[i].byteLength,
                typeof position === 'number' ? position + total : null), function (error, count) {
                if (error) {
                    return callback(error);
                }
                total += count;
                return count < views[i].byteLength ? callback(null, total, views) : next(i + 1);
            });
        })(0);
    }, verb);
});

// ---- exports --------------------------------------------------------------------------------------

['watch', 'cp', 'cpSync', 'opendir', 'opendirSync', 'chown', 'chownSync',
    'lchown', 'lchownSync', 'fchown', 'fchownSync', 'lutimes', 'lutimesSync', 'statfs', 'statfsSync',
    'openAsBlob'].forEach(function (verb) {
    exports[verb] = name(function () {
        throw errors.coded(Error, 'ERR_METHOD_NOT_IMPLEMENTED', 'The fs.' + verb +
            '() method is not implemented');
    }, verb);
});

['watchFile', 'unwatchFile'].forEach(function (verb) {
    exports[verb] = name(function () {
        return require('fs_watch')[verb].apply(exports, arguments);
    }, verb);
});

exports.createReadStream = function createReadStream(path, options) {
    return new (require('fs_streams').ReadStream)(path, options);
};
exports.createWriteStream = function createWriteStream(path, options) {
    return new (require('fs_streams').WriteStream)(path, options);
};
['ReadStream', 'WriteStream'].forEach(function (kind) {
    Object.defineProperty(exports, kind, { enumerable: true, configurable: true,
        get: function () { return require('fs_streams')[kind]; } });
});

Object.defineProperty(exports, 'jobs', { enumerable: false });
Object.defineProperty(exports, 'run', { value: run, enumerable: false });
exports.Dirent = take.Dirent;
exports.Stats = take.Stats;
exports.F_OK = 0;
exports.R_OK = 4;
exports.W_OK = 2;
exports.X_OK = 1;
exports.constants = take.constants;
Object.defineProperty(exports, 'promises', { enumerable: true, configurable: true,
    get: function () { return require('fs_promises'); } });
