// timers/promises: values, aborts, intervals, wrong arguments.
var t = require('timers/promises');
function told(label) {
    return [function (value) { console.log(label, value); }, function (error) {
        console.log(label, error.name, error.code, error.message, error.cause === undefined ? '' : error.cause.name || error.cause); }];
}
var controller = new AbortController();
Promise.resolve().then(function () { return t.setTimeout(1, 'value').then(told('timeout')[0]); })
    .then(function () { return t.setImmediate('now').then(told('immediate')[0]); })
    .then(function () { var p = t.setTimeout(1, 1, { signal: AbortSignal.abort() }); return p.then.apply(p, told('aborted')); })
    .then(function () {
        var promise = t.setTimeout(100000, 1, { signal: controller.signal });
        setImmediate(function () { controller.abort('reason'); });
        return promise.then.apply(promise, told('abort'));
    })
    .then(function () { var p = t.setTimeout('x'); return p.then.apply(p, told('delay')); })
    .then(function () { var p = t.setTimeout(1, 2, 5); return p.then.apply(p, told('options')); })
    .then(function () { var p = t.setTimeout(1, 2, { signal: 5 }); return p.then.apply(p, told('signal')); })
    .then(function () { var p = t.setImmediate(2, { ref: 5 }); return p.then.apply(p, told('ref')); })
    .then(function () { return t.scheduler.wait(1).then(told('wait')[0]); })
    .then(function () { return t.scheduler.yield().then(told('yield')[0]); })
    .then(function () { return require('util').promisify(setTimeout)(1, 'promisified').then(told('promisify')[0]); })
    .then(function () {
        var ticks = t.setInterval(1, 'tick');
        return ticks.next().then(function (step) {
            console.log(step);
            return ticks.next();
        }).then(function (step) {
            console.log(step);
            return ticks.return('end');
        }).then(function (step) {
            console.log(step);
            return ticks.next();
        }).then(console.log);
    })
    .then(function () { t.setTimeout(100000, 1, { ref: false }); console.log(require('timers').promises === t); });
