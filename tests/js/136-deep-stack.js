// main only: it makes its own workers
// Deep recursion of every kind is an error in a worker too, never a crash.
var Worker = require('worker_threads').Worker;
var program = "var p = require('worker_threads').parentPort;" +
    "function kind(f) { try { f(); return 'ok'; } catch (e) { return e instanceof Error; } }" +
    "function deep() { return deep() + 1; }" +
    "function nest(n) { var a = []; for (var i = 0; i < n; i++) { a = [a]; } return a; }" +
    "function text(open, n, close) { return new Array(n + 1).join(open) + new Array(n + 1).join(close); }" +
    "kind(deep);" +
    "kind(function () { JSON.stringify(nest(100000)); });" +
    "kind(function () { JSON.parse(text('[', 100000, ']')); });" +
    "kind(function () { new Function(text('(', 50000, ')')); });" +
    "kind(function () { new Function('return ' + text('[', 50000, ']')); });" +
    "kind(function () { new Function(text('function f(){', 5000, '}')); });" +
    "kind(function () { new RegExp(text('(', 50000, ')')); });" +
    "kind(function () { new RegExp('(?:a|ab)*c').test(text('a', 100000, 'b')); });" +
    "kind(function () { [1, 2, 3].sort(deep); });" +
    "kind(function () { 'aaa'.replace(/a/g, deep); });" +
    "kind(function () { p.postMessage(nest(3000)); });" +
    "var o = {}; o.toString = function () { return '' + o; }; kind(function () { '' + o; });" +
    "p.postMessage('alive');";
var worker = new Worker(program, { eval: true });
worker.on('message', function (value) { if (value === 'alive') { console.log(value); } });
worker.on('error', function (error) { console.log(error); });
worker.on('exit', function (code) { console.log('exit', code); });
