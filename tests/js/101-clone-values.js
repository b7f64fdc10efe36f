// main only: it makes its own workers
// What crosses the boundary and how it looks on the other side.
var threads = require('worker_threads');

function Point(x) { this.x = x; }
Point.prototype.norm = function () { return this.x; };

function values() {
    var cycle = { name: 'cycle' };
    cycle.self = cycle;
    var twice = { shared: true };
    var sparse = [1, , 3];
    sparse.extra = 'key';
    sparse[10] = 'far';
    var buffer = new ArrayBuffer(16);
    new Uint8Array(buffer)[3] = 7;
    var error = new RangeError('out');
    return {
        numbers: [0, -0, NaN, Infinity, -1.5, 4294967296, 1e300],
        text: ['', 'ascii', 'ümläut', '\ud83d\ude00', 'a\u0000b', '\ud800'],
        simple: [true, false, null, undefined],
        boxed: [new Number(3), new String('s'), new Boolean(false)],
        dates: [new Date(0), new Date(NaN)],
        regexps: [/a+b/gi, /\//m],
        point: new Point(4),
        cycle: cycle,
        twice: [twice, twice],
        sparse: sparse,
        views: [new Uint8Array(buffer), new DataView(buffer, 2, 4), new Float64Array([1.5])],
        clamped: new Uint8ClampedArray([1, 300]),
        buffer: buffer,
        error: error,
        getter: Object.defineProperty({}, 'got', { enumerable: true, get: function () { return 'got'; } }),
        hidden: Object.defineProperty({ seen: 1 }, 'unseen', { value: 2, enumerable: false })
    };
}

if (!threads.isMainThread) {
    var v = threads.workerData;
    Object.keys(v).forEach(function (key) {
        if (key !== 'error') {
            console.log(key, v[key]);
        }
    });
    console.log(Object.is(v.numbers[1], -0), v.text[5].length, v.cycle.self === v.cycle, v.twice[0] === v.twice[1]);
    console.log(v.point instanceof Object, v.point.norm, Object.keys(v.sparse), v.sparse.length, 1 in v.sparse);
    console.log(v.views[0].buffer === v.buffer, v.views[1].buffer === v.buffer, v.views[1].byteOffset);
    console.log(v.error instanceof RangeError, v.error.message, v.error.name, typeof v.error.stack);
    console.log(v.regexps[0].lastIndex, typeof v.boxed[1], v.boxed[1] instanceof String);
} else {
    new threads.Worker(__filename, { workerData: values() });
}
