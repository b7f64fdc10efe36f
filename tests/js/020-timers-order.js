// Timers fire by due time, equal ones in order of creation; ticks and microtasks run in between.
var order = [];
setTimeout(function () { order.push('t30'); }, 30);
setTimeout(function () {
    order.push('t1a');
    process.nextTick(function () { order.push('tick after t1a'); });
    queueMicrotask(function () { order.push('micro after t1a'); });
}, 1);
setTimeout(function () { order.push('t1b'); }, 1);
setTimeout(function () { order.push('t0'); }, 0);
process.nextTick(function () {
    order.push('tick');
    process.nextTick(function () { order.push('nested tick'); });
});
queueMicrotask(function () {
    order.push('micro');
    process.nextTick(function () { order.push('tick from micro'); });
    queueMicrotask(function () { order.push('nested micro'); });
});
order.push('sync');
process.on('exit', function () {
    console.log(order.join('\n'));
});
