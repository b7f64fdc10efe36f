// v8.getHeapStatistics has Node's names and sane figures.
var assert = require('assert');
var heap = require('v8').getHeapStatistics();
console.log(Object.keys(heap).sort().join('\n'));
assert.ok(heap.used_heap_size > 10000);
assert.ok(heap.total_heap_size >= heap.used_heap_size);
assert.ok(heap.heap_size_limit >= heap.total_heap_size);
assert.ok(heap.total_available_size > 0);
assert.strictEqual(heap.does_zap_garbage, 0);
var spaces = require('v8').getHeapSpaceStatistics();
assert.ok(spaces.length >= 1 && spaces[0].space_used_size >= 0);
