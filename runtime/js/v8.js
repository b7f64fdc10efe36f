// v8: the heap figures Node has under these names. Our heap is one space.
'use strict';

const figures = native('v8');

exports.getHeapStatistics = function getHeapStatistics() {
    return figures.heapStatistics();
};

exports.getHeapSpaceStatistics = function getHeapSpaceStatistics() {
    var heap = figures.heapStatistics();
    return [{
        space_name: 'heap',
        space_size: heap.total_heap_size,
        space_used_size: heap.used_heap_size,
        space_available_size: heap.total_heap_size - heap.used_heap_size,
        physical_space_size: heap.total_physical_size
    }];
};
