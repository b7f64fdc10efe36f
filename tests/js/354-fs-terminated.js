// main only: it makes its own workers
// A worker that ends with operations under way and files open leaves no descriptor behind.
var fs = require('fs');
var Worker = require('worker_threads').Worker;
var root = fs.mkdtempSync('/tmp/isorun-fs-');
var code = 'var fs = require("fs"); var root = ' + JSON.stringify(root) + ';' +
    'for (var i = 0; i < 20; i++) fs.openSync(root + "/" + i, "w");' +
    'function again(error, data) { fs.readFile("/proc/self/status", again); }' +
    'for (i = 0; i < 8; i++) again();' +
    'var fd = fs.openSync(root + "/big", "w+"); var b = Buffer.alloc(1 << 20);' +
    'function write() { fs.write(fd, b, 0, b.length, 0, write); fs.open(root + "/q", "w", function () {}); } write();' +
    'setTimeout(function () { require("worker_threads").parentPort.postMessage(1); }, 5);';
function count() { return fs.readdirSync('/proc/self/fd').length; }
var before;
function tell(looks) {
    if (looks > 0 && count() > before) {
        return setTimeout(tell, 50, looks - 1);
    }
    console.log(count() <= before ? 'no descriptor left' : count() - before + ' left');
    fs.rmSync(root, { recursive: true });
}
var left = 12;
(function next() {
    if (left-- === 0) {
        return tell(100);
    }
    var worker = new Worker(code, { eval: true });
    worker.on('message', function () { worker.terminate(); });
    worker.on('exit', function () {
        if (left === 10) {
            setTimeout(function () { before = count(); next(); }, 50);
        } else {
            next();
        }
    });
})();
