// hrtime: [seconds, nanoseconds], and differences of them.
var assert = require('assert');
var began = process.hrtime();
assert.strictEqual(began.length, 2);
setTimeout(function () {
    var took = process.hrtime(began);
    assert.ok(took[0] >= 0 && took[1] >= 0 && took[1] < 1e9);
    assert.ok(took[0] * 1000 + took[1] / 1e6 >= 4);
}, 5);
assert.throws(function () { process.hrtime(5); }, { code: 'ERR_INVALID_ARG_TYPE' });
assert.throws(function () { process.hrtime([1]); }, { code: 'ERR_OUT_OF_RANGE' });
