// fs.watchFile: looks at a file again and again, and tells when it is not as it was. One StatWatcher
// for each path, whoever listens.
'use strict';

const EventEmitter = require('events');
const errors = require('errors');
const fs = require('fs');
const take = require('fs_arguments');
const INTERVAL = 5007; // Node's, in ms
const NUMBERS = 18;    // what take.Stats is made from; 0 each for a file that is not there

var watchers = Object.create(null); // by absolute path

function StatWatcher(path, interval, isHolding) {
    EventEmitter.call(this);
    this._path = path;
    this._interval = interval;
    this._isHolding = isHolding;
    this._isStopped = false;
    Object.keys(this).forEach(function (key) {
        Object.defineProperty(this, key, { enumerable: false });
    }, this);
    look(this, true);
}
StatWatcher.prototype = Object.create(EventEmitter.prototype, {
    constructor: { value: StatWatcher, writable: true, configurable: true }
});

function none() {
    var numbers = [];
    while (numbers.length < NUMBERS) {
        numbers.push(0);
    }
    return new take.Stats(numbers);
}

function isSame(before, now) {
    return ['mtimeMs', 'ctimeMs', 'birthtimeMs', 'size', 'mode', 'uid', 'gid', 'ino', 'dev']
        .every(function (key) { return before[key] === now[key]; });
}

function hide(watcher, key, value) {
    Object.defineProperty(watcher, key, { value: value, writable: true, configurable: true });
}

function look(watcher, isFirst) {
    fs.stat(watcher._path, function (error, stats) {
        if (watcher._isStopped) {
            return;
        }
        var now = error ? none() : stats;
        var before = isFirst ? now : watcher._last;
        hide(watcher, '_last', now);
        hide(watcher, '_timer', setTimeout(look, watcher._interval, watcher, false));
        if (!watcher._isHolding) {
            watcher._timer.unref();
        }
        if (isFirst ? error : !isSame(before, now)) {
            watcher.emit('change', now, before);
        }
    });
}

StatWatcher.prototype.ref = function ref() {
    this._isHolding = true;
    if (this._timer) {
        this._timer.ref();
    }
    return this;
};

StatWatcher.prototype.unref = function unref() {
    this._isHolding = false;
    if (this._timer) {
        this._timer.unref();
    }
    return this;
};

StatWatcher.prototype.stop = function stop() {
    if (!this._isStopped) {
        this._isStopped = true;
        clearTimeout(this._timer);
        process.nextTick(function (watcher) { watcher.emit('stop'); }, this);
    }
};

function absolute(path) {
    return require('path').resolve(take.path(path, 'filename'));
}

exports.watchFile = function watchFile(path, options, listener) {
    path = absolute(path);
    if (options === null || typeof options !== 'object') {
        listener = options;
        options = {};
    }
    errors.requireFunction(listener, 'listener');
    var found = watchers[path];
    if (found === undefined) {
        found = watchers[path] = new StatWatcher(path,
            options.interval === undefined ? INTERVAL : options.interval, options.persistent !== false);
    }
    found.addListener('change', listener);
    return found;
};

exports.unwatchFile = function unwatchFile(path, listener) {
    path = absolute(path);
    var found = watchers[path];
    if (found === undefined) {
        return;
    }
    if (typeof listener === 'function') {
        found.removeListener('change', listener);
    } else {
        found.removeAllListeners('change');
    }
    if (found.listenerCount('change') === 0) {
        delete watchers[path];
        found.stop();
    }
};
