// Arguments, this, clearing by object and by number, refresh, and what is refused.
var assert = require('assert');
var log = [];
var timer = setTimeout(function (a, b) {
    assert.strictEqual(a, 'x');
    assert.strictEqual(b, 2);
    assert.strictEqual(arguments.length, 2);
    assert.strictEqual(this, timer);
    log.push('fired');
}, 1, 'x', 2);
var cleared = setTimeout(function () { throw new Error('cleared'); }, 1);
clearTimeout(cleared);
var byNumber = setTimeout(function () { throw new Error('cleared by number'); }, 1);
clearTimeout(+byNumber);
clearTimeout(undefined);
clearTimeout(null);
clearTimeout(123456);
clearTimeout({});
var immediate = setImmediate(function () { throw new Error('cleared immediate'); });
clearImmediate(immediate);
setImmediate(function (a) { log.push('immediate ' + a); }, 7);
['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'].forEach(function (name) {
    assert.throws(function () { globalThis[name]('code'); },
        { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE',
            message: 'The "callback" argument must be of type function. Received type string (\'code\')' });
});
assert.strictEqual(timer.hasRef(), true);
var late = setTimeout(function () { log.push('refreshed'); }, 20);
assert.strictEqual(late.refresh(), late);
assert.strictEqual(require('timers').setTimeout, setTimeout);
process.on('exit', function () { console.log(log.sort().join()); });
