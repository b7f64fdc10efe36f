// Histograms of perf_hooks: counts in buckets whose width grows with the value, so that a value is
// known to `figures` decimal digits (3 unless told) whatever its size.
'use strict';

const errors = require('errors');
const CUSTOM = Symbol.for('nodejs.util.inspect.custom');
const STATE = Symbol('state');

function fresh(options) {
    return { counts: Object.create(null), count: 0, exceeds: 0, min: 9223372036854776000, max: 0,
        sum: 0, squares: 0, last: 0, lowest: options.lowest, highest: options.highest,
        figures: options.figures };
}

// The largest value that is not told from `value`.
function bucketOf(state, value) {
    var half = Math.pow(2, Math.ceil(Math.log(2 * Math.pow(10, state.figures)) / Math.LN2));
    var width = 1;
    while (value / width >= half) {
        width *= 2;
    }
    return Math.floor(value / width) * width + width - 1;
}

function Histogram() {
    throw errors.coded(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
}

function make(prototype, options) {
    var histogram = Object.create(prototype);
    Object.defineProperty(histogram, STATE, { value: fresh(options), writable: true });
    return histogram;
}

function add(state, value) {
    if (value > state.highest) {
        state.exceeds++;
        return;
    }
    var bucket = bucketOf(state, value);
    state.counts[bucket] = (state.counts[bucket] || 0) + 1;
    state.count++;
    state.min = Math.min(state.min, value);
    state.max = Math.max(state.max, bucket);
    state.sum += value;
    state.squares += value * value;
}

function sorted(state) {
    return Object.keys(state.counts).map(Number).sort(function (a, b) { return a - b; });
}

function percentile(state, percent) {
    var wanted = Math.max(1, Math.ceil(percent / 100 * state.count - 1e-9));
    var seen = 0;
    var buckets = sorted(state);
    for (var i = 0; i < buckets.length; i++) {
        seen += state.counts[buckets[i]];
        if (seen >= wanted) {
            return buckets[i];
        }
    }
    return 0;
}

function getter(name, read) {
    Object.defineProperty(Histogram.prototype, name, { enumerable: true, configurable: true,
        get: function () { return read(this[STATE]); } });
}

getter('count', function (state) { return state.count; });
getter('exceeds', function (state) { return state.exceeds; });
getter('min', function (state) { return state.min; });
getter('max', function (state) { return state.max; });
getter('mean', function (state) { return state.count === 0 ? NaN : state.sum / state.count; });
getter('stddev', function (state) {
    if (state.count === 0) {
        return NaN;
    }
    var mean = state.sum / state.count;
    return Math.sqrt(Math.max(0, state.squares / state.count - mean * mean));
});
getter('percentiles', function (state) {
    var map = new Map();
    for (var percent = 0, step = 50; state.count > 0 && percent < 100; step /= 2) {
        map.set(percent, percentile(state, percent));
        percent += step;
        if (percentile(state, percent) === state.max) {
            break;
        }
    }
    map.set(100, state.count > 0 ? percentile(state, 100) : 0);
    return map;
});
Histogram.prototype.percentile = function (percent) {
    if (typeof percent !== 'number') {
        throw errors.invalidType('percentile', 'of type number', percent);
    }
    if (!(percent > 0 && percent <= 100)) {
        throw errors.outOfRange('percentile', '> 0 && <= 100', percent);
    }
    return percentile(this[STATE], percent);
};
Histogram.prototype.reset = function reset() {
    this[STATE] = fresh(this[STATE]);
};
Histogram.prototype.toJSON = function toJSON() {
    return { count: this.count, min: this.min, max: this.max, mean: this.mean, exceeds: this.exceeds,
        stddev: this.stddev, percentiles: {} };
};
Object.defineProperty(Histogram.prototype, CUSTOM, { writable: true, configurable: true,
    value: function (depth, options) {
        return 'Histogram ' + require('inspect').inspect({ min: this.min, max: this.max,
            mean: this.mean, exceeds: this.exceeds, stddev: this.stddev, count: this.count,
            percentiles: this.percentiles }, options);
    } });

// ---- recordable -----------------------------------------------------------------------------------

function RecordableHistogram() {
    throw errors.coded(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
}

RecordableHistogram.prototype = Object.create(Histogram.prototype, {
    constructor: { value: RecordableHistogram, writable: true, configurable: true }
});

RecordableHistogram.prototype.record = function record(value) {
    if (typeof value !== 'number') {
        throw errors.invalidType('val', 'of type number', value);
    }
    if (Math.floor(value) !== value) {
        throw errors.outOfRange('val', 'an integer', value);
    }
    if (value < 1) {
        throw errors.outOfRange('val', '>= 1 && <= 9007199254740991', value);
    }
    add(this[STATE], value);
};

RecordableHistogram.prototype.recordDelta = function recordDelta() {
    var now = process.hrtime();
    now = now[0] * 1e9 + now[1];
    if (this[STATE].last > 0) {
        add(this[STATE], Math.max(1, now - this[STATE].last));
    }
    this[STATE].last = now;
};

RecordableHistogram.prototype.add = function addOther(other) {
    if (!other || other[STATE] === undefined) {
        throw errors.invalidType('other', 'of type RecordableHistogram', other);
    }
    var from = other[STATE];
    var into = this[STATE];
    Object.keys(from.counts).forEach(function (bucket) {
        into.counts[bucket] = (into.counts[bucket] || 0) + from.counts[bucket];
    });
    into.count += from.count;
    into.exceeds += from.exceeds;
    into.min = Math.min(into.min, from.min);
    into.max = Math.max(into.max, from.max);
    into.sum += from.sum;
    into.squares += from.squares;
};
Object.defineProperty(RecordableHistogram.prototype.add, 'name', { value: 'add' });

exports.createHistogram = function (options) {
    options = options === undefined ? {} : options;
    if (options === null || typeof options !== 'object') {
        throw errors.invalidType('options', 'of type object', options);
    }
    return make(RecordableHistogram.prototype, {
        lowest: options.lowest === undefined ? 1 : Number(options.lowest),
        highest: options.highest === undefined ? Number.MAX_SAFE_INTEGER : Number(options.highest),
        figures: options.figures === undefined ? 3 : options.figures
    });
};

// ---- delays of the loop ---------------------------------------------------------------------------

// A timer that notes in nanoseconds how far apart its turns are.
exports.monitorEventLoopDelay = function (options) {
    var resolution = options && options.resolution !== undefined ? options.resolution : 10;
    if (typeof resolution !== 'number') {
        throw errors.invalidType('options.resolution', 'of type number', resolution);
    }
    if (resolution < 1 || Math.floor(resolution) !== resolution) {
        throw errors.outOfRange('options.resolution', '>= 1 && <= 9007199254740991', resolution);
    }
    var histogram = make(RecordableHistogram.prototype,
        { lowest: 1, highest: Number.MAX_SAFE_INTEGER, figures: 3 });
    var timer = null;
    histogram.enable = function () {
        if (timer !== null) {
            return false;
        }
        histogram[STATE].last = 0;
        timer = setInterval(function () { histogram.recordDelta(); }, resolution).unref();
        return true;
    };
    histogram.disable = function () {
        clearInterval(timer);
        var was = timer !== null;
        timer = null;
        return was;
    };
    return histogram;
};
