// Immediates added by immediates come in the next turn; timers can come between.
var order = [];
setImmediate(function () {
    order.push('a');
    process.nextTick(function () { order.push('tick'); });
    setImmediate(function () { order.push('c'); });
});
var gone;
setImmediate(function () {
    order.push('b');
    clearImmediate(gone);
});
gone = setImmediate(function () { order.push('never'); });
process.on('exit', function () { console.log(order.join(' ')); });
