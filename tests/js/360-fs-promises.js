// fs/promises: values, rejections, file handles, and what follows what.
var fs = require('fs');
var p = require('fs/promises');
var root = fs.mkdtempSync('/tmp/isorun-fs-');
function hide(value) { return typeof value === 'string' ? value.split(root).join('ROOT') : value; }
var handle;
var steps = [
    function () { return p.writeFile(root + '/a', 'one'); },
    function () { return p.appendFile(root + '/a', ' two'); },
    function () { return p.readFile(root + '/a', 'utf8'); },
    function () { return p.readFile(root + '/a'); },
    function () { return p.readFile(root + '/none'); },
    function () { return p.readFile(5.5); },
    function () { return p.readFile(root + '/a', { signal: AbortSignal.abort() }); },
    function () { return p.writeFile(root + '/b', [Buffer.from('x'), 'y']); },
    function () { return p.readFile(root + '/b', { encoding: 'latin1' }); },
    function () { return p.stat(root + '/a').then(function (s) { return [s.size, s.isFile()]; }); },
    function () { return p.mkdir(root + '/d/e', { recursive: true }); },
    function () { return p.readdir(root); },
    function () { return p.readdir(root, { recursive: true }); },
    function () { return p.access(root + '/none'); },
    function () { return p.access(root + '/a'); },
    function () { return p.rename(root + '/none', root + '/x'); },
    function () { return p.copyFile(root + '/a', root + '/c'); },
    function () { return p.truncate(root + '/c', 2); },
    function () { return p.readFile(root + '/c', 'utf8'); },
    function () { return p.rm(root + '/d'); },
    function () { return p.open(root + '/rw', 'w+').then(function (h) { handle = h; return typeof h.fd; }); },
    function () { return handle.write('hello'); },
    function () { return handle.write(Buffer.from('XY'), 0, 1, 1); },
    function () { return handle.read(Buffer.alloc(4), 0, 4, 0); },
    function () { return handle.read({ position: 3 }).then(function (r) { return [r.bytesRead, r.buffer.length]; }); },
    function () { return handle.stat().then(function (s) { return s.size; }); },
    function () { return handle.truncate(3); },
    function () { return handle.readFile('utf8'); },
    function () { return handle.writev([Buffer.from('1'), Buffer.from('23')], 0); },
    function () { return handle.sync(); },
    function () { return handle.close(); },
    function () { return handle.close(); },
    function () { return handle.read(); },
    function () { return fs.promises === p; },
    function () { return require('util').promisify(fs.readFile)(root + '/a', 'utf8'); },
    function () { return require('util').promisify(fs.exists)(root + '/a'); },
    function () { return p.rm(root, { recursive: true }); },
    function () { return fs.existsSync(root); }
];
steps.reduce(function (before, step, index) {
    return before.then(step).then(function (value) {
        console.log(index, hide(value));
    }, function (error) {
        console.log(index, error.name, error.code, hide(error.message), error.errno, error.syscall, hide(error.path), hide(error.dest));
    });
}, Promise.resolve());
