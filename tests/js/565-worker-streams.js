// main only: it makes its own workers
// stdin, stdout and stderr of workers: text and bytes through both, ends, and what is there without asking.
var threads = require('worker_threads');
var stream = require('stream');
function collect(readable, then) {
    var parts = [];
    readable.on('data', function (data) { parts.push(data); }).on('end', function () { then(Buffer.concat(parts)); });
}
var bytes = Buffer.from([0, 255, 0xc3, 0xa9, 128]);
var echo = new threads.Worker('process.stdin.pipe(process.stdout)', { eval: true, stdin: true, stdout: true });
console.log(echo.stdin instanceof stream.Writable, echo.stdout instanceof stream.Readable, echo.stderr instanceof stream.Readable);
collect(echo.stdout, function (all) {
    console.log(all.toString('latin1').length, all.equals(Buffer.concat([Buffer.from('héllo '), bytes, Buffer.from('end')])));
    quiet();
});
echo.stdin.write('héllo ');
echo.stdin.write(bytes, function (error) { console.log('written', error === undefined || error === null); });
echo.stdin.end('end', function () { console.log('finished'); });

function quiet() {
    var worker = new threads.Worker('process.stdin.on("data", function () { console.log("data"); }).on("end", function () { console.log("nothing"); })', { eval: true });
    console.log(worker.stdin);
    worker.on('exit', both);
}
function both() {
    var worker = new threads.Worker('console.log("to out"); console.error("to err"); process.stdout.write("6869", "hex"); process.stderr.write(Buffer.from("raw"), function () { process.stdout.end(" last"); });',
        { eval: true, stdout: true, stderr: true });
    var out;
    collect(worker.stdout, function (all) { out = all; });
    collect(worker.stderr, function (all) { setImmediate(function () { console.log(JSON.stringify([String(out), String(all)])); piped(); }); });
}
function piped() {
    var worker = new threads.Worker('var stream = require("stream"); stream.pipeline(stream.Readable.from(["a", "b", "c"]), process.stdout, function () {});', { eval: true, stdout: true });
    worker.stdout.setEncoding('utf8');
    var text = '';
    worker.stdout.on('data', function (data) { text += data; });
    worker.on('exit', function (code) { setImmediate(function () { console.log(text, code); process.stdout.write('by stream\n'); large(); }); });
}
function large() {
    var worker = new threads.Worker('for (var i = 0; i < 200; i++) { process.stdout.write("x".repeat(10000)); }', { eval: true, stdout: true });
    collect(worker.stdout, function (all) { console.log(all.length); });
}
