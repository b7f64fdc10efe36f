// main only: it makes its own workers
// What comes of an uncaught error in the parent: its class, own properties and cause; or a value; or a text.
var threads = require('worker_threads');
var cases = {
    own: 'var e = new TypeError("m"); e.code = "X"; e.n = 5; e.o = { a: [1] }; e.f = function () {}; throw e',
    cause: 'var e = new Error("m"); Object.defineProperty(e, "cause", { value: new RangeError("c") }); throw e',
    named: 'function Foo(m) { this.name = "Foo"; this.message = m; this.z = 1; } Foo.prototype = Object.create(RangeError.prototype); Foo.prototype.constructor = Foo; var e = new Foo("x"); throw e',
    object: 'throw { a: 1 }', 'a function within': 'throw { a: Math.max }', symbol: 'throw Symbol("q")', text: 'throw "s"',
    nothing: 'throw null', 'less than nothing': 'throw undefined', list: 'throw [1, [2]]', date: 'throw new Date(0)',
    'a stack that throws': 'var e = new Error("m"); Object.defineProperty(e, "stack", { get: function () { throw new Error("no"); } }); throw e',
    inspected: 'var o = { f: Math.max }; o[Symbol.for("nodejs.util.inspect.custom")] = function () { return "CUSTOM"; }; throw o'
};
function next(names) {
    if (names.length === 0) {
        return;
    }
    new threads.Worker(cases[names[0]], { eval: true }).on('error', function (error) {
        if (error instanceof Error) {
            console.log(names[0] + ':', error.constructor.name, error.name, error.message, error.code, error.n, error.o,
                error.f, error.z, Object.keys(error).join());
            console.log(error.cause && [error.cause instanceof RangeError, error.cause.message]);
        } else {
            console.log(names[0] + ':', typeof error, error);
        }
    }).on('exit', function (code) {
        console.log('exit', code);
        next(names.slice(1));
    });
}
next(Object.keys(cases));
