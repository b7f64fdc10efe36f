// stream: events, order, back pressure and ends of small streams; fs streams; pipeline and finished.
var stream = require('stream');
var fs = require('fs');
var Readable = stream.Readable, Writable = stream.Writable, Transform = stream.Transform;
var tests = [];
function test(name, run) { tests.push({ name: name, run: run }); }
function later(done) { setTimeout(done, 5); }
test('push and data', function (log, done) {
    var r = new Readable({ read: function () {} });
    r.on('data', function (chunk) { log('data ' + chunk); });
    r.on('end', function () { log('end'); }).on('close', function () { log('close'); later(done); });
    r.push('a'); r.push(Buffer.from('b')); r.push(null);
    log('sync ' + r.readableFlowing + r.readableLength);
});
test('read and readable', function (log, done) {
    var list = ['one', 'two', null];
    var r = new Readable({ read: function () { this.push(list.shift()); } });
    r.setEncoding('utf8');
    r.on('readable', function () { var c; while ((c = r.read()) !== null) { log('read ' + c); } });
    r.on('end', function () { log('end ' + r.readableEnded); done(); });
});
test('pause', function (log, done) {
    var r = Readable.from(['a', 'b', 'c']);
    r.on('data', function (c) { log(c); r.pause(); log(r.isPaused()); setImmediate(function () { r.resume(); }); });
    r.on('end', function () { log('end'); done(); });
});
test('write', function (log, done) {
    var w = new Writable({ highWaterMark: 3, write: function (chunk, encoding, next) { log('write ' + chunk + ' ' + encoding); setImmediate(next); } });
    w.on('drain', function () { log('drain'); w.end('z', function () { log('ended'); }); });
    w.on('finish', function () { log('finish ' + w.writableFinished); }).on('close', function () { log('close'); later(done); });
    log(w.write('ab') + ' ' + w.write('cd', function () { log('written'); }) + ' ' + w.writableLength + w.writableNeedDrain);
});
test('write after end', function (log, done) {
    var w = new Writable({ write: function (c, e, next) { next(); } });
    w.on('error', function (error) { log(error.code + ' ' + error.message); later(done); });
    w.end();
    w.write('x', function (error) { log('callback ' + error.code); });
});
test('bad chunks', function (log, done) {
    var w = new Writable({ write: function (c, e, next) { next(); } });
    [null, 5, {}].forEach(function (c) { try { w.write(c); } catch (error) { log(error.code + ' ' + error.message); } });
    done();
});
test('error in write', function (log, done) {
    var w = new Writable({ write: function (c, e, next) { next(new Error('refused')); } });
    w.on('error', function (error) { log(error.message + ' ' + w.destroyed); }).on('close', function () { log('close'); later(done); });
    w.write('x', function (error) { log('callback ' + error.message); });
});
test('destroy', function (log, done) {
    var r = new Readable({ read: function () {}, destroy: function (error, next) { log('destroy ' + error.message); next(error); } });
    r.on('error', function (error) { log('error ' + error.message); }).on('close', function () { log('close ' + r.destroyed + ' ' + r.errored.message); later(done); });
    r.destroy(new Error('gone')).destroy(new Error('twice'));
});
test('transform', function (log, done) {
    var t = new Transform({ transform: function (c, e, next) { this.push(String(c).toUpperCase()); next(null, '!'); }, flush: function (next) { next(null, 'flushed'); } });
    t.setEncoding('utf8');
    t.on('data', function (c) { log(c); }).on('finish', function () { log('finish'); }).on('end', function () { log('end'); later(done); });
    t.write('a'); t.write('b'); t.end('c');
});
test('pipe', function (log, done) {
    var sink = new Writable({ write: function (c, e, next) { log('sink ' + c); setImmediate(next); }, highWaterMark: 1 });
    sink.on('pipe', function () { log('pipe'); }).on('finish', function () { log('finish'); later(done); });
    log(Readable.from(['x', 'y'], { objectMode: false }).pipe(new stream.PassThrough()).pipe(sink) === sink);
});
test('objects', function (log, done) {
    var w = new Writable({ objectMode: true, write: function (c, e, next) { log(JSON.stringify(c)); next(); }, final: function (next) { log('final'); next(); } });
    stream.pipeline(Readable.from([{ a: 1 }, [2]]), w, function (error) { log('done ' + error); done(); });
});
test('pipeline error', function (log, done) {
    var t = new Transform({ transform: function (c, e, next) { next(new Error('midway')); } });
    var w = new Writable({ write: function (c, e, next) { next(); } });
    stream.pipeline(Readable.from(['a']), t, w, function (error) { log(error.message + ' ' + w.destroyed); later(done); });
});
test('finished', function (log, done) {
    var r = new Readable({ read: function () {} });
    stream.finished(r, function (error) { log(error.code + ' ' + error.message); done(); });
    r.destroy();
});
test('promises', function (log, done) {
    var sink = new Writable({ write: function (c, e, next) { log('got ' + c); next(); } });
    require('stream/promises').pipeline(Readable.from(['p']), sink).then(function (value) { log('resolved ' + value); })
        .then(function () { return Readable.from([1, 2, 3]).toArray(); }).then(function (list) { log(JSON.stringify(list)); done(); });
});
test('files', function (log, done) {
    var path = fs.mkdtempSync('/tmp/isorun-stream-') + '/f';
    var w = fs.createWriteStream(path);
    w.write('hello ');
    w.end('world', function () {
        log('written ' + w.bytesWritten);
        var r = fs.createReadStream(path, { encoding: 'utf8', start: 1, end: 8, highWaterMark: 4 });
        r.on('open', function (fd) { log('open ' + typeof fd); }).on('data', function (c) { log(c); })
            .on('end', function () { log('end ' + r.bytesRead); }).on('close', function () {
                fs.createReadStream(path + 'none').on('error', function (error) { log(error.code + ' ' + error.syscall); fs.rmSync(require('path').dirname(path), { recursive: true }); done(); });
            });
    });
});
test('abort', function (log, done) {
    var controller = new AbortController();
    var r = new Readable({ read: function () {}, signal: controller.signal });
    r.on('error', function (error) { log(error.name + ' ' + error.code); later(done); });
    controller.abort();
});
test('cork', function (log, done) {
    var w = new Writable({ writev: function (list, next) { log('writev ' + list.map(function (e) { return e.chunk; })); next(); } });
    w.cork(); w.write('a'); w.write('b'); log(w.writableCorked); w.uncork();
    w.end(); w.on('finish', function () { log('finish'); done(); });
});
test('kinds', function (log, done) {
    var d = new stream.Duplex({ read: function () {}, write: function (c, e, next) { next(); } });
    log([d instanceof Readable, d instanceof Writable, d instanceof stream, new Readable() instanceof Writable, d.readable, d.writable, d.readableHighWaterMark, new Readable({ objectMode: true }).readableHighWaterMark].join());
    try { new Readable({ highWaterMark: -1 }); } catch (error) { log(error.code); }
    try { Readable.prototype._read.call(new Readable()); } catch (error) { log(error.code); }
    done();
});
(function next() {
    var one = tests.shift();
    if (one) {
        console.log('# ' + one.name);
        one.run(function (text) { console.log('  ' + text); }, next);
    }
})();
