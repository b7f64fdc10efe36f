// fs.watchFile tells of changes, of a file that is not there, and no more when it is not wanted.
var fs = require('fs');
var path = require('path');
var folder = fs.mkdtempSync(path.join(require('os').tmpdir(), 'watch-'));
var file = path.join(folder, 'watched');
var gone = path.join(folder, 'gone');
['x', undefined].forEach(function (listener) {
    try { fs.watchFile(file, listener); } catch (error) { console.log(error.name, error.code, error.message); }
});
fs.watchFile(gone, { interval: 5 }, function (now, before) {
    console.log('not there', now.size, before.size, now.mtimeMs, now.isFile());
    fs.unwatchFile(gone);
    fs.writeFileSync(file, 'a');
    var watcher = fs.watchFile(file, { interval: 5 }, changed);
    console.log(watcher.constructor.name, typeof watcher.ref, watcher.ref() === watcher);
    watcher.on('stop', function () { console.log('stop'); });
    function changed(current, previous) {
        console.log('changed', current.size > previous.size, current.isFile());
        fs.unwatchFile(file, changed);
        fs.unwatchFile(file);
        fs.rmSync(folder, { recursive: true });
    }
    (function grow() { // the first look may come behind a change
        if (fs.existsSync(folder)) { fs.appendFileSync(file, 'b'); setTimeout(grow, 50); }
    })();
});
fs.watchFile(gone, { persistent: false }, function () {});
