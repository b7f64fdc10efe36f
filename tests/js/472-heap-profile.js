// isorun only: Node's profiler is behind its inspector
// isoscope.heapProfile finds the call site that keeps memory, and forgets what was freed.
var assert = require('assert');
var isoscope = require('isoscope');
var file = (process.env.TMPDIR || '/tmp') + '/isoscope-472-' + process.pid + '-' +
    require('worker_threads').threadId + '.json';

var kept = [];
function keeper() { kept.push({ data: [1, 2, 3] }); }
function loser() { return { data: [1, 2, 3] }; }
isoscope.heapProfile.start({ interval: 4096 });
assert.throws(function () { isoscope.heapProfile.start(); }, /being taken already/);
for (var i = 0; i < 20000; i++) { keeper(); loser(); }
var figures = isoscope.heapProfile.stop(file);
assert.ok(figures.samples > 100 && figures.taken > figures.samples && figures.lost === 0);
assert.throws(function () { isoscope.heapProfile.stop(); }, /no heap profile/);

var profile = require(file);
try { require('fs').unlinkSync(file); } catch (error) { assert.strictEqual(error.code, 'MODULE_NOT_FOUND'); }
var held = {};
(function add(node) {
    var name = node.callFrame.functionName;
    held[name] = (held[name] || 0) + node.selfSize;
    if (name === 'keeper' && node.selfSize > 0) {
        assert.strictEqual(node.callFrame.lineNumber + 1, 9);
        assert.ok(/472-heap-profile\.js$/.test(node.callFrame.url));
    }
    node.children.forEach(add);
})(profile.head);
assert.strictEqual(profile.head.callFrame.functionName, '(root)');
assert.ok(held.keeper > 20000 * 150, 'held ' + held.keeper);
assert.ok(!(held.loser > 20000));
assert.strictEqual(profile.samples.length, figures.samples);
['x', 0, -1, Infinity].forEach(function (interval) {
    assert.throws(function () { isoscope.heapProfile.start({ interval: interval }); }, { name: /TypeError|RangeError/ });
});
