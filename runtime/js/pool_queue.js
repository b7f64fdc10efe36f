// Queues of tasks that wait for a worker: first in, first out, nothing moved when one is taken.
'use strict';

const COMPACT = 1024; // this many empty places in front are given back

function TaskQueue() {
    this._list = [];
    this._next = 0;
}

Object.defineProperty(TaskQueue.prototype, 'size', {
    get: function () { return this._list.length - this._next; }
});

TaskQueue.prototype.push = function (task) {
    this._list.push(task);
};

// The oldest one; null when there is none.
TaskQueue.prototype.shift = function () {
    if (this._next === this._list.length) {
        return null;
    }
    var task = this._list[this._next];
    this._list[this._next++] = undefined;
    if (this._next === this._list.length) {
        this._list.length = this._next = 0;
    } else if (this._next >= COMPACT && this._next * 2 > this._list.length) {
        this._list.splice(0, this._next);
        this._next = 0;
    }
    return task;
};

TaskQueue.prototype.remove = function (task) {
    var index = this._list.indexOf(task, this._next);
    if (index >= 0) {
        this._list.splice(index, 1);
    }
};

exports.TaskQueue = TaskQueue;

exports.isTaskQueue = function (value) {
    return typeof value === 'object' && value !== null && 'size' in value &&
        typeof value.shift === 'function' && typeof value.remove === 'function' &&
        typeof value.push === 'function';
};
