// What can't be found says what was asked for, and who asked.
var assert = require('assert');
try {
    require('./nope');
    assert.fail('found');
} catch (error) {
    assert.strictEqual(error.code, 'MODULE_NOT_FOUND');
    assert.strictEqual(error.message, "Cannot find module './nope'\nRequire stack:\n- " + __filename);
    assert.deepStrictEqual(error.requireStack, [__filename]);
}
try {
    require('./fixtures/bad/chain');
    assert.fail('found');
} catch (error) {
    assert.strictEqual(error.message, "Cannot find module './inner-missing'\nRequire stack:\n- " +
        __dirname + '/fixtures/bad/chain.js\n- ' + __filename);
}
assert.throws(function () { require('no-such-package'); },
    { code: 'MODULE_NOT_FOUND', message: /^Cannot find module 'no-such-package'/ });
assert.throws(function () { require('node:nonsense'); },
    { code: 'ERR_UNKNOWN_BUILTIN_MODULE', message: 'No such built-in module: node:nonsense' });
assert.throws(function () { require(''); }, { code: 'ERR_INVALID_ARG_VALUE' });
assert.throws(function () { require(5); },
    { code: 'ERR_INVALID_ARG_TYPE',
        message: 'The "id" argument must be of type string. Received type number (5)' });
