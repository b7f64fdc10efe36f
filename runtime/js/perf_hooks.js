// perf_hooks: performance with marks and measures, observers of them, and histograms.
'use strict';

const errors = require('errors');
const clock = native('performance');
const CUSTOM = Symbol.for('nodejs.util.inspect.custom');
var entries = [];
var observers = [];

// ---- entries --------------------------------------------------------------------------------------

function PerformanceEntry(name, type, start, duration, detail) {
    this.name = name;
    this.entryType = type;
    this.startTime = start;
    this.duration = duration;
    if (detail !== undefined) {
        this.detail = detail;
    }
}

PerformanceEntry.prototype.toJSON = function toJSON() {
    return { name: this.name, entryType: this.entryType, startTime: this.startTime,
        duration: this.duration, detail: this.detail };
};

function inherit(Derived, Base) {
    Derived.prototype = Object.create(Base.prototype, {
        constructor: { value: Derived, writable: true, configurable: true }
    });
    Object.setPrototypeOf(Derived, Base);
}

function cloned(detail) {
    return detail === undefined || detail === null ? null : structuredClone(detail);
}

function PerformanceMark(name, options) {
    if (arguments.length === 0) {
        throw errors.coded(TypeError, 'ERR_MISSING_ARGS', 'The "name" argument must be specified');
    }
    options = options || {};
    var start = options.startTime === undefined ? performance.now() : options.startTime;
    if (typeof start !== 'number') {
        throw errors.invalidType('startTime', 'of type number', start);
    }
    if (start < 0) {
        throw errors.coded(TypeError, 'ERR_PERFORMANCE_INVALID_TIMESTAMP',
            start + ' is not a valid timestamp');
    }
    PerformanceEntry.call(this, String(name), 'mark', start, 0, cloned(options.detail));
}
inherit(PerformanceMark, PerformanceEntry);

function PerformanceMeasure(name, start, duration, detail) {
    PerformanceEntry.call(this, name, 'measure', start, duration, detail);
}
inherit(PerformanceMeasure, PerformanceEntry);

function PerformanceResourceTiming() {
    throw errors.coded(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
}
inherit(PerformanceResourceTiming, PerformanceEntry);

function add(entry) {
    entries.push(entry);
    observers.forEach(function (observer) { observer._take(entry); });
    return entry;
}

// ---- performance ----------------------------------------------------------------------------------

function Performance() {
    throw errors.coded(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
}
inherit(Performance, require('event_target').EventTarget);
const performance = require('event_target').prepare(Object.create(Performance.prototype));
const methods = Performance.prototype;

methods.now = clock.now;
Object.defineProperty(methods, 'timeOrigin', { enumerable: true, configurable: true,
    value: clock.timeOrigin });

methods.mark = function mark(name, options) {
    if (arguments.length === 0) {
        throw errors.coded(TypeError, 'ERR_MISSING_ARGS', 'The "name" argument must be specified');
    }
    return add(new PerformanceMark(name, options));
};

function timeOf(mark) {
    if (typeof mark === 'number') {
        return mark;
    }
    for (var i = entries.length - 1; i >= 0; i--) {
        if (entries[i].entryType === 'mark' && entries[i].name === String(mark)) {
            return entries[i].startTime;
        }
    }
    throw new (require('dom_exception').DOMException)(
        'The "' + mark + '" performance mark has not been set', 'SyntaxError');
}

methods.measure = function measure(name, startOrOptions, endMark) {
    errors.requireString(name, 'name');
    var options = startOrOptions !== null && typeof startOrOptions === 'object' ? startOrOptions :
        { start: startOrOptions, end: endMark };
    var end = options.end !== undefined ? timeOf(options.end) :
        options.start !== undefined && options.duration !== undefined ?
            timeOf(options.start) + options.duration : performance.now();
    var start = options.start !== undefined ? timeOf(options.start) :
        options.duration !== undefined ? end - options.duration : 0;
    return add(new PerformanceMeasure(name, start, end - start, cloned(options.detail)));
};

function clearer(type) {
    return function (name) {
        entries = entries.filter(function (entry) {
            return entry.entryType !== type || (name !== undefined && entry.name !== String(name));
        });
    };
}

methods.clearMarks = clearer('mark');
methods.clearMeasures = clearer('measure');
methods.clearResourceTimings = function clearResourceTimings() {};
methods.setResourceTimingBufferSize = function setResourceTimingBufferSize() {};

function byStart(list) {
    return list.slice().sort(function (a, b) { return a.startTime - b.startTime; });
}

methods.getEntries = function getEntries() {
    return byStart(entries);
};
methods.getEntriesByName = function getEntriesByName(name, type) {
    return byStart(entries.filter(function (entry) {
        return entry.name === String(name) && (type === undefined || entry.entryType === type);
    }));
};
methods.getEntriesByType = function getEntriesByType(type) {
    return byStart(entries.filter(function (entry) { return entry.entryType === type; }));
};

// What a loop did with its time since the process was loaded, or between two such objects.
function spent(idle, active) {
    return { idle: idle, active: active,
        utilization: idle + active > 0 ? active / (idle + active) : 0 };
}

methods.timerify = function timerify(method, options) {
    errors.requireFunction(method, 'fn');
    var histogram = options && options.histogram;
    function timed() {
        var start = performance.now();
        try {
            return new.target ? Reflect.construct(method, arguments) : method.apply(this, arguments);
        } finally {
            var duration = performance.now() - start;
            if (histogram) {
                histogram.record(Math.max(1, Math.ceil(duration * 1e6)));
            }
            var entry = new PerformanceEntry(method.name, 'function', start, duration, []);
            observers.forEach(function (observer) { observer._take(entry); });
        }
    }
    Object.defineProperty(timed, 'name', { value: 'timerified ' + method.name });
    Object.defineProperty(timed, 'length', { value: method.length });
    return timed;
};

methods.eventLoopUtilization = function eventLoopUtilization(first, second) {
    if (second) {
        return spent(first.idle - second.idle, first.active - second.active);
    }
    var idle = clock.idle();
    var active = Math.max(0, performance.now() - idle);
    return first ? spent(idle - first.idle, active - first.active) : spent(idle, active);
};
methods.toJSON = function toJSON() {
    return { nodeTiming: this.nodeTiming, timeOrigin: this.timeOrigin,
        eventLoopUtilization: this.eventLoopUtilization() };
};
Object.defineProperty(methods, 'nodeTiming', { enumerable: true, configurable: true,
    get: function () {
        return { name: 'node', entryType: 'node', startTime: 0, duration: performance.now() };
    } });
Object.defineProperty(methods, Symbol.toStringTag, { value: 'Performance', configurable: true });
Object.defineProperty(methods, CUSTOM, { writable: true, configurable: true,
    value: function (depth, options) {
        return 'Performance ' + require('inspect').inspect({ nodeTiming: this.nodeTiming,
            timeOrigin: this.timeOrigin }, options);
    } });

// ---- observers ------------------------------------------------------------------------------------

function PerformanceObserverEntryList(list) {
    Object.defineProperty(this, '_list', { value: byStart(list) });
}
PerformanceObserverEntryList.prototype.getEntries = function getEntries() {
    return this._list.slice();
};
PerformanceObserverEntryList.prototype.getEntriesByType = function getEntriesByType(type) {
    return this._list.filter(function (entry) { return entry.entryType === type; });
};
PerformanceObserverEntryList.prototype.getEntriesByName = function getEntriesByName(name, type) {
    return this._list.filter(function (entry) {
        return entry.name === name && (type === undefined || entry.entryType === type);
    });
};

function PerformanceObserver(callback) {
    errors.requireFunction(callback, 'callback');
    Object.defineProperty(this, '_callback', { value: callback });
    Object.defineProperty(this, '_types', { value: [], writable: true });
    Object.defineProperty(this, '_waiting', { value: [], writable: true });
}

PerformanceObserver.supportedEntryTypes = Object.freeze(['function', 'mark', 'measure']);

PerformanceObserver.prototype.observe = function observe(options) {
    if (options === null || typeof options !== 'object') {
        throw errors.invalidType('options', 'of type object', options);
    }
    if (options.entryTypes === undefined && options.type === undefined) {
        throw errors.coded(TypeError, 'ERR_MISSING_ARGS',
            'The "options.entryTypes" and "options.type" arguments must be specified');
    }
    this._types = options.entryTypes ? options.entryTypes.slice() : this._types.concat(options.type);
    if (observers.indexOf(this) < 0) {
        observers = observers.concat([this]);
    }
    if (options.buffered && options.type) {
        methods.getEntriesByType(options.type).forEach(this._take, this);
    }
};

PerformanceObserver.prototype.disconnect = function disconnect() {
    var self = this;
    observers = observers.filter(function (one) { return one !== self; });
    this._waiting = [];
    this._types = [];
};

PerformanceObserver.prototype.takeRecords = function takeRecords() {
    var list = this._waiting;
    this._waiting = [];
    return list;
};

Object.defineProperty(PerformanceObserver.prototype, '_take', { value: function (entry) {
    var self = this;
    if (self._types.indexOf(entry.entryType) < 0) {
        return;
    }
    if (self._waiting.length === 0) {
        setImmediate(function () {
            var list = self.takeRecords();
            if (list.length > 0) {
                self._callback.call(self, new PerformanceObserverEntryList(list), self);
            }
        });
    }
    self._waiting.push(entry);
} });

// ---- exports --------------------------------------------------------------------------------------

exports.Performance = Performance;
exports.PerformanceEntry = PerformanceEntry;
exports.PerformanceMark = PerformanceMark;
exports.PerformanceMeasure = PerformanceMeasure;
exports.PerformanceObserver = PerformanceObserver;
exports.PerformanceObserverEntryList = PerformanceObserverEntryList;
exports.PerformanceResourceTiming = PerformanceResourceTiming;
exports.monitorEventLoopDelay = function monitorEventLoopDelay(options) {
    return require('histogram').monitorEventLoopDelay(options);
};
exports.createHistogram = function createHistogram(options) {
    return require('histogram').createHistogram(options);
};
exports.performance = performance;
exports.constants = {};
