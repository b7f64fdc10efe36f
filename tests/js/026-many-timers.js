// Ten thousand timers in random order, half of them cleared: the others all fire, none too early.
var assert = require('assert');
var timers = [];
var fired = 0;
function make(ms) {
    var due = performance.now() + ms;
    return setTimeout(function () {
        assert.ok(performance.now() >= due - 1, 'early');
        fired++;
    }, ms);
}
var seed = 42;
for (var i = 0; i < 10000; i++) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    timers.push(make(1 + seed % 300));
}
timers.forEach(function (timer, index) {
    if (index % 2) {
        clearTimeout(timer);
    }
});
process.on('exit', function () { assert.strictEqual(fired, 5000); });
