// Relative files with and without extension, directories, JSON; each loaded once.
var assert = require('assert');
var counter = require('./fixtures/counter');
assert.strictEqual(counter.next(), 1);
assert.strictEqual(require('./fixtures/counter.js'), counter);
assert.strictEqual(require('../js/fixtures/counter').count, 1);
assert.strictEqual(require(__dirname + '/fixtures/counter').count, 1);
assert.strictEqual(counter.parentFile, __filename);
var folder = require('./fixtures/folder');
assert.strictEqual(folder.name, 'folder');
assert.strictEqual(folder.file, __dirname + '/fixtures/folder/index.js');
assert.strictEqual(folder.dir, __dirname + '/fixtures/folder');
assert.strictEqual(folder.isMain, false);
assert.strictEqual(require('./fixtures/folder/'), folder);
var data = require('./fixtures/data');
assert.deepStrictEqual(data, { list: [1, 2, { deep: 'é😀' }] });
assert.strictEqual(data.list[2].deep.length, 3);
assert.strictEqual(require('./fixtures/data.json'), data);
assert.strictEqual(require('./fixtures/bom.json').bom, true);
