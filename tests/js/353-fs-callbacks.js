// fs with callbacks: results, errors, what follows what, and that pending operations keep the loop alive.
var fs = require('fs');
var root = fs.mkdtempSync('/tmp/isorun-fs-');
function hide(text) { return String(text).split(root).join('ROOT'); }
function told(error) { return error ? hide(error.message) + ' ' + error.errno + ' ' + hide(error.path) : error; }
var isSync = true;
var steps = [
    function (next) { fs.writeFile(root + '/a', 'one', next); },
    function (next) { fs.appendFile(root + '/a', Buffer.from(' two'), next); },
    function (next) { fs.readFile(root + '/a', 'utf8', next); },
    function (next) { fs.readFile(root + '/a', next); },
    function (next) { fs.readFile(root + '/none', next); },
    function (next) { fs.readFile(root, next); },
    function (next) { fs.stat(root + '/a', function (error, stat) { next(error, stat.size, stat.isFile()); }); },
    function (next) { fs.lstat(root + '/none', next); },
    function (next) { fs.mkdir(root + '/d/e', { recursive: true }, function (e, p) { next(e, hide(p)); }); },
    function (next) { fs.mkdir(root + '/d/e', { recursive: true }, next); },
    function (next) { fs.mkdir(root + '/d', next); },
    function (next) { fs.writeFile(root + '/d/x', '1', next); },
    function (next) { fs.readdir(root, next); },
    function (next) { fs.readdir(root, { recursive: true }, next); },
    function (next) { fs.readdir(root, { withFileTypes: true }, function (e, l) { next(e, l.map(function (d) { return d.name + d.isDirectory(); })); }); },
    function (next) { fs.rename(root + '/a', root + '/b', next); },
    function (next) { fs.copyFile(root + '/b', root + '/c', next); },
    function (next) { fs.symlink('b', root + '/l', next); },
    function (next) { fs.readlink(root + '/l', next); },
    function (next) { fs.realpath(root + '/l', function (e, p) { next(e, hide(p)); }); },
    function (next) { fs.access(root + '/none', next); },
    function (next) { fs.access(root + '/b', fs.constants.R_OK, next); },
    function (next) { fs.exists(root + '/b', next); },
    function (next) { fs.truncate(root + '/b', 3, next); },
    function (next) { fs.unlink(root + '/c', next); },
    function (next) { fs.unlink(root + '/c', next); },
    function (next) { fs.open(root + '/rw', 'w+', function (e, fd) { file = fd; next(e, typeof fd); }); },
    function (next) { fs.write(file, 'abcdef', next); },
    function (next) { fs.write(file, Buffer.from('XYZ'), 0, 2, 1, next); },
    function (next) { fs.read(file, Buffer.alloc(4), 0, 4, 0, next); },
    function (next) { fs.read(file, { position: 4 }, function (e, n, b) { next(e, n, b.length, b.slice(0, n)); }); },
    function (next) { fs.readFile(file, 'utf8', next); },
    function (next) { fs.fstat(file, function (e, s) { next(e, s.size); }); },
    function (next) { fs.writev(file, [Buffer.from('p'), Buffer.from('qr')], 0, function (e, n) { next(e, n); }); },
    function (next) { fs.close(file, next); },
    function (next) { fs.close(file, next); },
    function (next) { fs.rmdir(root + '/d', next); },
    function (next) { fs.rm(root, next); },
    function (next) { fs.rm(root, { recursive: true }, next); },
    function (next) { fs.rm(root, { recursive: true }, next); },
    function (next) { fs.rm(root, { force: true }, next); }
];
var file;
(function run(index) {
    if (index === steps.length) {
        fs.readFile('/nope', function (error) {
            process.nextTick(function () { console.log('tick after the callback'); });
            queueMicrotask(function () { console.log('microtask after the tick'); });
            console.log('callback', error.code, error.stack.split('\n').length);
        });
        return;
    }
    isSync = true;
    steps[index](function (first) {
        var args = Array.prototype.slice.call(arguments);
        if (first instanceof Error) {
            args[0] = told(first);
        }
        console.log(index, args, index === 13 ? '' : isSync);
        run(index + 1);
    });
    isSync = false;
})(0);
process.on('exit', function () { console.log('exit'); });
