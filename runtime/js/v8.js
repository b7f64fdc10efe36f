// v8: the heap figures Node has under these names. Our heap is one space.
'use strict';

const errors = require('errors');
const figures = native('v8');

var snapshots = 0;

exports.getHeapStatistics = function getHeapStatistics() {
    return figures.heapStatistics();
};

exports.getHeapSpaceStatistics = function getHeapSpaceStatistics() {
    var heap = figures.heapStatistics();
    return [{
        space_name: 'heap',
        space_size: heap.total_heap_size,
        space_used_size: heap.used_heap_size,
        space_available_size: heap.total_heap_size - heap.used_heap_size,
        physical_space_size: heap.total_physical_size
    }];
};

// The engine keeps no figures of its code apart: they are those an embedder of V8 without any has.
exports.getHeapCodeStatistics = function getHeapCodeStatistics() {
    return { code_and_metadata_size: 0, bytecode_and_metadata_size: 0, external_script_source_size: 0,
        cpu_profiler_metadata_size: 0 };
};

function requireOptions(options) {
    if (options === undefined) {
        return;
    }
    if (options === null || typeof options !== 'object') {
        throw errors.invalidType('options', 'of type object', options);
    }
    ['exposeInternals', 'exposeNumericValues'].forEach(function (name) {
        if (options[name] !== undefined && typeof options[name] !== 'boolean') {
            throw errors.invalidType('options.' + name, 'of type boolean', options[name]);
        }
    });
}

function padded(number, width) {
    return ('000000000' + number).slice(-width);
}

// Heap-20240131-235959-PID-THREAD-001.heapsnapshot
function makeName() {
    var now = new Date();
    snapshots++;
    return 'Heap-' + now.getFullYear() + padded(now.getMonth() + 1, 2) + padded(now.getDate(), 2) + '-' +
        padded(now.getHours(), 2) + padded(now.getMinutes(), 2) + padded(now.getSeconds(), 2) + '-' +
        process.pid + '-' + require('worker_threads').threadId + '-' + padded(snapshots, 3) + '.heapsnapshot';
}

function requireFile(file) {
    if (file !== null && typeof file === 'object' && typeof file.href === 'string') {
        return require('fileurl').pathOf(file.href);
    }
    if (typeof file !== 'string') {
        throw errors.invalidType('path', 'of type string or an instance of Buffer or URL', file);
    }
    if (file.indexOf('\0') >= 0) {
        throw errors.invalidValue('path', file, 'must be a string, Uint8Array, or URL without null bytes');
    }
    return file;
}

exports.writeHeapSnapshot = function writeHeapSnapshot(filename, options) {
    var file = filename === undefined ? makeName() : requireFile(filename);
    requireOptions(options);
    figures.writeSnapshot(file);
    return file;
};

exports.getHeapSnapshot = function getHeapSnapshot(options) {
    requireOptions(options);
    return new (require('v8_stream').HeapSnapshotStream)(figures.openSnapshot());
};

// For worker.getHeapSnapshot().
Object.defineProperty(exports, 'requireOptions', { value: requireOptions });

// There is no V8 whose flags could be set.
exports.setFlagsFromString = function setFlagsFromString(flags) {
    errors.requireString(flags, 'flags');
};

exports.serialize = function serialize(value) {
    return require('v8_format').serialize(value);
};

exports.deserialize = function deserialize(buffer) {
    return require('v8_format').deserialize(buffer);
};
