// path: text in, text out.
var path = require('path');
var samples = ['', '.', '/', '//', 'a', '/a', 'a/', '/a/b.c/', 'a/../b', '../a', '/../a', './a//b/./c',
    'a/b/../../..', '/a/b/../../..', 'file.tar.gz', '.hidden', '.hidden.js', 'a/.b', '..', 'a/..', '//a',
    'a//b', '/a//', 'dir.x/file', 'x.', '/a/b/c.js'];
samples.forEach(function (sample) {
    console.log(JSON.stringify([sample, path.normalize(sample), path.dirname(sample),
        path.basename(sample), path.extname(sample), path.isAbsolute(sample), path.parse(sample),
        path.join('x', sample, '../y'), path.resolve('/base', sample, 'z'),
        path.relative('/a/b', '/' + sample)]));
});
console.log(path.basename('/x/file.js', '.js'), path.basename('.js', '.js'), path.sep, path.delimiter);
console.log(path.format({ dir: '/d', name: 'n', ext: '.e' }), path.format({ root: '/', base: 'b' }));
console.log(path.resolve() === process.cwd(), path.join(), path.posix === path);
try {
    path.join('a', 5);
} catch (error) {
    console.log(error.code, error.message);
}
