// fs, the Sync functions: what they return and what they throw, down to errno, syscall and path.
var fs = require('fs');
var path = require('path');
var inspect = require('util').inspect;
var root = fs.mkdtempSync('/tmp/isorun-fs-');
function at(name) { return path.join(root, name); }
function hide(text) { return text.split(root).join('ROOT'); }
function show(label, run) {
    var text;
    try {
        text = inspect(run());
    } catch (error) {
        text = error.name + ': ' + error.message + ' ' + [error.errno, error.code, error.syscall,
            error.path, error.dest].join('|');
    }
    console.log(label + ' ' + hide(text));
}
var f = at('f');
fs.writeFileSync(f, 'hello');
var cases = [
    [fs.readFileSync, at('nope')], [fs.readFileSync, root], [fs.readFileSync, f, 'utf8'], [fs.readFileSync, f],
    [fs.readFileSync, Buffer.from(f), { encoding: 'base64' }], [fs.readFileSync, 5.5], [fs.readFileSync, {}],
    [fs.readFileSync, 'a\0b'], [fs.readFileSync, f, 'foo'], [fs.readFileSync, f, 5], [fs.readFileSync, f, null],
    [fs.mkdirSync, at('f/a/b'), { recursive: true }], [fs.mkdirSync, f, { recursive: true }],
    [fs.mkdirSync, at('a/b/c'), { recursive: true }], [fs.mkdirSync, at('a/b/c'), { recursive: true }],
    [fs.mkdirSync, root + '/a/b/../q/./r//s/', { recursive: true }], [fs.mkdirSync, at('x/y')],
    [fs.mkdirSync, at('a')], [fs.mkdirSync, at('z'), { recursive: 5 }],
    [fs.rmSync, at('nope')], [fs.rmSync, at('nope'), { force: true }], [fs.rmSync, at('a')],
    [fs.rmSync, at('a'), { recursive: true }], [fs.existsSync, at('a')], [fs.rmdirSync, f], [fs.rmdirSync, at('nope')],
    [fs.readdirSync, at('nope')], [fs.readdirSync, f], [fs.renameSync, at('nope'), at('b')], [fs.renameSync, f],
    [fs.copyFileSync, at('nope'), at('b')], [fs.copyFileSync, f, at('f2'), 1], [fs.copyFileSync, f, at('f2'), 1],
    [fs.copyFileSync, f, at('g'), 99], [fs.symlinkSync, 'f', at('l')], [fs.symlinkSync, 'f', at('l')],
    [fs.readlinkSync, at('l')], [fs.readlinkSync, f], [fs.realpathSync, at('l')], [fs.realpathSync, at('no/pe')],
    [fs.realpathSync.native, at('nope')], [fs.statSync, at('nope')],
    [fs.statSync, at('nope'), { throwIfNoEntry: false }], [fs.accessSync, at('nope')], [fs.accessSync, f],
    [fs.accessSync, f, 99], [fs.existsSync, 5], [fs.existsSync], [fs.mkdtempSync, at('nope/a-')], [fs.mkdtempSync, 5],
    [fs.openSync, at('nope')], [fs.openSync, f, 'zz'], [fs.openSync, f, 'wx'], [fs.openSync, f, 'r', {}],
    [fs.closeSync, 999], [fs.closeSync, 'a'], [fs.closeSync, -1], [fs.fstatSync, 'q'], [fs.readSync, 999, Buffer.alloc(3)],
    [fs.readSync, 1, 'a'], [fs.readSync, 0, Buffer.alloc(3), 0, 9], [fs.readSync, 0, Buffer.alloc(3), -1, 1],
    [fs.readSync, 0, Buffer.alloc(0)], [fs.readSync, 0, Buffer.alloc(3), 0, -1], [fs.readSync, 0, Buffer.alloc(3), 0, 1, 'x'],
    [fs.writeSync, 999, 'a'], [fs.writeSync, 1, {}], [fs.writeSync, 1, Buffer.alloc(3), 4], [fs.writeSync, 1, Buffer.alloc(3), 0, 9],
    [fs.writeFileSync, f], [fs.writeFileSync, f, {}], [fs.writeFileSync, at('q/f'), 'a'], [fs.writeFileSync, f, 'x', 'foo'],
    [fs.writeFileSync, at('w'), '5', { flag: 'wx', mode: 384 }], [fs.writeFileSync, at('w'), '', { flag: 'wx' }],
    [fs.readFile, f], [fs.stat, f], [fs.writeFile, f, 'x', 5], [fs.open, f, 5], [fs.unlinkSync, root], [fs.unlinkSync, at('nope')],
    [fs.truncateSync, at('nope')], [fs.truncateSync, f, 4], [fs.utimesSync, at('nope'), 1, 2], [fs.utimesSync, f, 'a', 5],
    [fs.utimesSync, f, 1.5, new Date(2500)], [fs.chmodSync, at('nope'), 511], [fs.chmodSync, f, 'zz'], [fs.chmodSync, f, '0640'],
    [fs.linkSync, at('nope'), at('k')], [fs.linkSync, f, at('k')], [fs.appendFileSync, f, ' you'], [fs.readFileSync, f, 'latin1'],
    [fs.ftruncateSync, 5, 'a'], [fs.readdirSync, root, 5], [fs.statSync], [fs.readdirSync, root], [fs.readdirSync, root, 'buffer']
];
cases.forEach(function (list, index) {
    show(index + ' ' + list[0].name, function () { return list[0].apply(fs, list.slice(1)); });
});
var stat = fs.statSync(f);
console.log(Object.keys(stat).join(), stat.isFile(), stat.isDirectory(), stat.size, (stat.mode & 511).toString(8),
    typeof stat.atimeMs, stat.mtime instanceof Date, stat.nlink, stat instanceof fs.Stats);
console.log(fs.lstatSync(at('l')).isSymbolicLink(), fs.lstatSync(at('l'), {}).isFile(), inspect(new fs.Stats()).length);
fs.mkdirSync(at('d/e/g'), { recursive: true });
fs.writeFileSync(at('d/e/b'), 'x');
console.log(fs.readdirSync(root, { recursive: true }));
console.log(hide(inspect(fs.readdirSync(root, { withFileTypes: true }))));
console.log(fs.readdirSync(root, { recursive: true, withFileTypes: true })
    .map(function (d) { return hide(d.path) + '|' + d.name + '|' + d.isFile() + d.isDirectory() + d.isSymbolicLink(); }));
var fd = fs.openSync(at('rw'), 'w+');
console.log(fs.writeSync(fd, 'abcdef'), fs.writeSync(fd, Buffer.from('XYZ'), 1, 1, 2), fs.writeSync(fd, 'é', 8, 'latin1'));
var buffer = Buffer.alloc(12, '.');
console.log(fs.readSync(fd, buffer, 2, 5, 0), buffer.toString(), fs.readSync(fd, buffer, { position: 3, length: 2 }), fs.fstatSync(fd).size);
fs.ftruncateSync(fd, 3);
fs.fsyncSync(fd);
console.log(JSON.stringify(fs.readFileSync(fd, 'utf8')), fs.writevSync(fd, [Buffer.from('1'), Buffer.from('23')], 0), fs.closeSync(fd));
console.log(JSON.stringify(fs.readFileSync(at('rw'), 'utf8')));
fs.rmSync(root, { recursive: true });
console.log(fs.existsSync(root));
