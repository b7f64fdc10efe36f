// A module with a syntax error can be told from others; its wrapper can't be broken out of.
var assert = require('assert');
assert.throws(function () { require('./fixtures/bad/syntax'); },
    function (error) {
        assert.strictEqual(error.name, 'SyntaxError');
        assert.ok(!/line 2/.test(error.message), error.message);
        return true;
    });
assert.throws(function () { require('./fixtures/bad/breakout'); }, SyntaxError);
