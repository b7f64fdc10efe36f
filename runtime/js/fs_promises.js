// fs/promises: the operations of fs.js, each as a Promise, and FileHandle.
'use strict';

const fs = require('fs');
const errors = require('errors');
const take = require('fs_arguments');
const jobs = fs.jobs;
const FD = Symbol('fd');
const BUFFER_SIZE = 16384; // bytes read() makes room for by itself

// What a job gives, wrong arguments included.
function promised(verb, args) {
    return new Promise(function (resolve, reject) {
        fs.run(jobs[verb].apply(undefined, args), function (error, value) {
            if (error) {
                reject(error);
            } else {
                resolve(value);
            }
        });
    });
}

function method(verb) {
    var made = function () {
        return promised(verb, Array.prototype.slice.call(arguments));
    };
    Object.defineProperty(made, 'name', { value: verb });
    return made;
}

['access', 'copyFile', 'rename', 'rm', 'rmdir', 'mkdir', 'readdir', 'readlink', 'symlink', 'lstat',
    'stat', 'link', 'unlink', 'chmod', 'utimes', 'realpath', 'mkdtemp'].forEach(function (verb) {
    exports[verb] = method(verb);
});

exports.truncate = function truncate(path, length) {
    return exports.open(path, 'r+').then(function (handle) {
        function close() { return handle.close(); }
        return handle.truncate(length).then(close, function (error) {
            return close().then(function () { throw error; });
        });
    });
};

// ---- whole files ----------------------------------------------------------------------------------

function target(path) {
    return path instanceof FileHandle ? path.fd : path;
}

exports.readFile = function readFile(path, options) {
    return promised('readFile', [target(path), options]);
};

function isIterable(data) {
    return data !== null && typeof data === 'object' && !ArrayBuffer.isView(data) &&
        (Array.isArray(data) || typeof data[Symbol.iterator] === 'function' || typeof data[Symbol.asyncIterator] === 'function');
}

// Collects what an iterable or stream gives, then writes it.
function gathered(data, options) {
    var Buffer = require('buffer').Buffer;
    var encoding = (options && options.encoding) || (typeof options === 'string' ? options : 'utf8');
    var iterator = data[Symbol.asyncIterator] ? data[Symbol.asyncIterator]() :
        require('iterate').iterator(data);
    var chunks = [];
    return (function next() {
        return Promise.resolve(iterator.next()).then(function (step) {
            if (step.done) {
                return Buffer.concat(chunks);
            }
            chunks.push(take.data(step.value, encoding));
            return next();
        });
    })();
}

['writeFile', 'appendFile'].forEach(function (verb) {
    exports[verb] = function (path, data, options) {
        if (isIterable(data)) {
            return gathered(data, options).then(function (bytes) {
                return promised(verb, [target(path), bytes, options]);
            });
        }
        return promised(verb, [target(path), data, options]);
    };
    Object.defineProperty(exports[verb], 'name', { value: verb });
});

// ---- FileHandle -----------------------------------------------------------------------------------

const EventEmitter = require('events');

function FileHandle(fd) {
    EventEmitter.call(this);
    Object.defineProperty(this, FD, { value: fd, writable: true });
}

FileHandle.prototype = Object.create(EventEmitter.prototype, {
    constructor: { value: FileHandle, writable: true, configurable: true }
});
const handles = FileHandle.prototype;

Object.defineProperty(handles, 'fd', { configurable: true, get: function () { return this[FD]; } });

function closed(call) {
    var error = new Error('file closed');
    error.code = 'EBADF';
    error.syscall = call;
    return error;
}

function onHandle(name, verb, shape) {
    handles[name] = function () {
        var handle = this;
        if (handle[FD] < 0) {
            return Promise.reject(closed(name));
        }
        var args = [handle[FD]].concat(Array.prototype.slice.call(arguments));
        return shape ? shape(handle, args) : promised(verb, args);
    };
    Object.defineProperty(handles[name], 'name', { value: name });
}

onHandle('appendFile', 'appendFile');
onHandle('chmod', 'fchmod');
onHandle('datasync', 'fdatasync');
onHandle('sync', 'fsync');
onHandle('stat', 'fstat');
onHandle('truncate', 'ftruncate');
onHandle('utimes', 'futimes');
onHandle('readFile', 'readFile');
onHandle('writeFile', 'writeFile');
onHandle('read', 'read', function (handle, args) {
    if (args[1] === undefined || !ArrayBuffer.isView(args[1])) {
        var options = args[1] || {};
        var room = options.buffer || require('buffer').Buffer.alloc(BUFFER_SIZE);
        args = [args[0], room, options.offset, options.length, options.position];
    }
    return promised('read', args).then(function (count) {
        return bare({ bytesRead: count, buffer: args[1] });
    });
});
onHandle('write', 'write', function (handle, args) {
    return promised('write', args).then(function (count) {
        return bare({ bytesWritten: count, buffer: args[1] });
    });
});

function bare(properties) {
    return Object.assign(Object.create(null), properties);
}

function vector(name, result) {
    onHandle(name, name, function (handle, args) {
        return new Promise(function (resolve, reject) {
            fs[name](args[0], args[1], args[2], function (error, count) {
                var value = bare({});
                value[result] = count;
                value.buffers = args[1];
                return error ? reject(error) : resolve(value);
            });
        });
    });
}

vector('readv', 'bytesRead');
vector('writev', 'bytesWritten');

handles.close = function close() {
    var handle = this;
    if (handle[FD] < 0) {
        return Promise.resolve();
    }
    var fd = handle[FD];
    handle[FD] = -1;
    return promised('close', [fd]).then(function () { handle.emit('close'); });
};

handles.createReadStream = function createReadStream(options) {
    return fs.createReadStream(null, Object.assign({ fd: this.fd }, options));
};
handles.createWriteStream = function createWriteStream(options) {
    return fs.createWriteStream(null, Object.assign({ fd: this.fd }, options));
};

exports.open = function open(path, flags, mode) {
    return promised('open', [path, flags, mode]).then(function (fd) {
        return new FileHandle(fd);
    });
};

['cp', 'opendir', 'statfs', 'lchmod', 'lchown', 'chown', 'lutimes', 'watch'].forEach(function (verb) {
    exports[verb] = function () {
        return Promise.reject(errors.coded(Error, 'ERR_METHOD_NOT_IMPLEMENTED',
            'The fs.promises.' + verb + '() method is not implemented'));
    };
    Object.defineProperty(exports[verb], 'name', { value: verb });
});
exports.constants = take.constants;
