// v8.writeHeapSnapshot writes a file that is whole, names what leaks, and refuses as Node does.
var assert = require('assert');
var v8 = require('v8');
var dir = (process.env.TMPDIR || '/tmp') + '/isoscope-470-' + process.pid + '-' +
    require('worker_threads').threadId + '.json';

function Leaking(n) { this.kept = []; for (var i = 0; i < n; i++) { this.kept.push({ part: i }); } }
globalThis.leaking = new Leaking(100);

assert.strictEqual(v8.writeHeapSnapshot(dir), dir);
var shot = require(dir);
try { require('fs').unlinkSync(dir); } catch (error) { assert.strictEqual(error.code, 'MODULE_NOT_FOUND'); }
console.log(Object.keys(shot).join());
console.log(Object.keys(shot.snapshot.meta).join());
console.log(shot.snapshot.meta.node_fields.join(), shot.snapshot.meta.edge_fields.join());
assert.strictEqual(shot.nodes.length, shot.snapshot.node_count * 7);
assert.strictEqual(shot.edges.length, shot.snapshot.edge_count * 3);
var found = 0;
var edges = 0;
for (var i = 0; i < shot.nodes.length; i += 7) {
    edges += shot.nodes[i + 4];
    if (shot.snapshot.meta.node_types[0][shot.nodes[i]] === 'object' && shot.strings[shot.nodes[i + 1]] === 'Leaking') {
        found++;
    }
}
assert.strictEqual(edges, shot.snapshot.edge_count);
console.log('Leaking', found);

function refused(f) {
    try { f(); console.log('done'); } catch (error) {
        console.log(error.name, error.code, error.message.replace(/\(.*/, ''));
    }
}
refused(function () { v8.writeHeapSnapshot('/nonexistent/x'); });
refused(function () { v8.writeHeapSnapshot(5); });
refused(function () { v8.writeHeapSnapshot('a\0b'); });
refused(function () { v8.writeHeapSnapshot(dir, 5); });
refused(function () { v8.writeHeapSnapshot(dir, { exposeInternals: 5 }); });
refused(function () { v8.setFlagsFromString(5); });
console.log(Object.keys(v8.getHeapCodeStatistics()).join());
