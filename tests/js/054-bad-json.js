// Broken JSON names the file.
var assert = require('assert');
assert.throws(function () { require('./fixtures/bad/broken.json'); },
    function (error) {
        assert.strictEqual(error.name, 'SyntaxError');
        assert.ok(error.message.indexOf(__dirname + '/fixtures/bad/broken.json:') === 0, error.message);
        return true;
    });
