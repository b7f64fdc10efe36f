// No timer fires before its time.
var assert = require('assert');
var pending = 0;
[0, 1, 5, 20, 50].forEach(function (ms) {
    var began = performance.now();
    pending++;
    setTimeout(function () {
        var took = performance.now() - began;
        assert.ok(took >= Math.max(1, ms) - 1, ms + ' fired after ' + took);
        pending--;
    }, ms);
});
process.on('exit', function () { assert.strictEqual(pending, 0); });
