// isorun only: Node has no census
// isoscope.census() counts by constructor; grown() says what grew, which a leak does.
var assert = require('assert');
var isoscope = require('isoscope');

function Kept(i) { this.i = i; }
function Lost(i) { this.i = i; }
var kept = [];
function work() {
    for (var i = 0; i < 1000; i++) {
        kept.push(new Kept(i));
        new Lost(i);
    }
    var cycle = new Lost(1); cycle.self = cycle;
}
work();
var before = isoscope.census();
var buffer = new ArrayBuffer(1 << 20);
work();
var grown = isoscope.grown(before, isoscope.census());
function row(rows, name) { return rows.filter(function (at) { return at.name === name; })[0]; }
assert.strictEqual(row(before, 'Kept').count, 1000);
assert.strictEqual(row(grown, 'Kept').countGrown, 1000);
assert.strictEqual(row(grown, 'Kept').count, 2000);
assert.ok(row(grown, 'Kept').bytesGrown > 50000);
assert.strictEqual(row(grown, 'Lost'), undefined);
assert.ok(row(grown, '(array buffer)').bytesGrown >= 1 << 20);
kept = null;
assert.ok(row(isoscope.grown(before, isoscope.census()), 'Kept').countGrown === -1000);

// behind jobs
isoscope.watchCensus();
assert.strictEqual(isoscope.jobGrowth(), null);
kept = [];
for (var i = 0; i < 200 && !isoscope.jobGrowth(); i++) { isoscope.job('leaks', work); }
assert.ok(row(isoscope.jobGrowth(), 'Kept').countGrown >= 1000);
assert.ok(buffer);
