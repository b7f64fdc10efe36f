// A package.json that is no JSON is an error that names it.
var assert = require('assert');
var resolve = require('./fixtures/packages/resolve.js');
assert.throws(function () { resolve.require('bad'); }, function (error) {
    assert.strictEqual(error.name, 'SyntaxError');
    assert.strictEqual(error.path, __dirname + '/fixtures/packages/node_modules/bad/package.json');
    assert.ok(error.message.indexOf('Error parsing ' + error.path + ': ') === 0, error.message);
    return true;
});
