// Where require() looks: module.paths, require.resolve with and without paths, createRequire.
var assert = require('assert');
var Module = require('module');
var path = require('path');
var folder = path.join(__dirname, 'fixtures/packages');
assert.strictEqual(module.paths[0], __dirname + '/node_modules');
assert.strictEqual(module.paths[1], path.dirname(__dirname) + '/node_modules');
assert.strictEqual(module.paths[module.paths.length - 1], '/node_modules');
assert.deepStrictEqual(Module._nodeModulePaths('/a/node_modules/b'),
    ['/a/node_modules/b/node_modules', '/a/node_modules', '/node_modules']);
assert.strictEqual(require.resolve('main', { paths: [folder] }),
    folder + '/node_modules/main/lib/index.js');
assert.strictEqual(require.resolve('./me', { paths: ['/', folder] }), folder + '/me.js');
assert.throws(function () { require.resolve('main', { paths: ['/a/b'] }); }, function (error) {
    assert.strictEqual(error.code, 'MODULE_NOT_FOUND');
    assert.strictEqual(error.message, "Cannot find module 'main'\nRequire stack:\n- " + __filename);
    return true;
});
assert.strictEqual(require.resolve('./250-packages'), __dirname + '/250-packages.js');
assert.strictEqual(require.resolve('path'), 'path');
assert.strictEqual(require.resolve.paths('path'), null);
assert.deepStrictEqual(require.resolve.paths('./x'), [__dirname]);
assert.strictEqual(require.resolve.paths('x')[0], __dirname + '/node_modules');

var from = Module.createRequire(folder + '/anything.js');
assert.strictEqual(from('main'), 'main/lib/index');
assert.strictEqual(Module.createRequire(folder + '/').resolve('./me'), folder + '/me.js');
assert.strictEqual(Module.createRequire('file://' + folder + '/x.js').resolve('./me'), folder + '/me.js');
assert.throws(function () { Module.createRequire('./x'); }, { code: 'ERR_INVALID_ARG_VALUE',
    message: "The argument 'filename' must be a file URL object, file URL string, or absolute path " +
        "string. Received './x'" });
assert.ok(module instanceof Module);
assert.ok(Module.isBuiltin('path') && Module.isBuiltin('node:path') && !Module.isBuiltin('./path'));
assert.ok(Module.builtinModules.indexOf('worker_threads') >= 0);
assert.deepStrictEqual(Object.keys(require).sort().filter(function (name) { return name !== 'extensions'; }),
    ['cache', 'main', 'resolve']);
