// eventLoopUtilization: how much of its time a loop was not asleep. { idle, active, utilization }, in
// milliseconds since the loop's start, or between two such objects.
'use strict';

const now = native('process').now;

function make(idle, active) {
    return { idle: idle, active: active, utilization: active > 0 ? active / (idle + active) : 0 };
}

function between(after, before) {
    return make(after.idle - before.idle, after.active - before.active);
}

// Of a Worker, by what its slot says.
exports.ofWorker = function (worker, figures, before, after) {
    if (before && after) {
        return between(before, after);
    }
    var found = worker._isOnline && worker._thread > 0 ? figures(worker._thread) : undefined;
    if (found === undefined) {
        return { idle: 0, active: 0, utilization: 0 };
    }
    var idle = found.idle - worker._idleBefore;
    var current = make(idle, Math.max(0, now() - worker._loopStart - idle));
    return before ? between(current, before) : current;
};
