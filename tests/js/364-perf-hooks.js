// perf_hooks: clocks, marks and measures, observers, histograms, timerify.
var hooks = require('perf_hooks');
var performance = hooks.performance;
function show(run) {
    try { console.log(run()); } catch (error) { console.log(error.name, error.code, error.message); }
}
console.log(performance === globalThis.performance, performance.now() >= 0, performance.timeOrigin > 1e12, typeof performance.timeOrigin);
var mark = performance.mark('a', { startTime: 10, detail: { x: 1 } });
console.log(mark.name, mark.entryType, mark.startTime, mark.duration, mark.detail, mark instanceof hooks.PerformanceMark, mark instanceof hooks.PerformanceEntry, mark.constructor.name);
performance.mark('b', { startTime: 25 });
var measure = performance.measure('m', 'a', 'b');
console.log(measure.name, measure.entryType, measure.startTime, measure.duration, measure.detail);
console.log(performance.measure('m2', { start: 5, duration: 7, detail: 'd' }).duration, performance.measure('m3', { start: 'a', end: 100 }).duration);
console.log(performance.getEntries().map(function (e) { return e.name; }), performance.getEntriesByName('m').length, performance.getEntriesByType('mark').length, JSON.stringify(mark));
show(function () { return performance.measure('x', 'none'); });
show(function () { return performance.measure(5); });
show(function () { return performance.mark(); });
show(function () { return performance.mark('n', { startTime: -1 }); });
show(function () { return new hooks.PerformanceObserver(5); });
show(function () { return new hooks.PerformanceObserver(function () {}).observe(5); });
show(function () { return new hooks.PerformanceObserver(function () {}).observe({}); });
performance.clearMarks('a');
performance.clearMeasures();
console.log(performance.getEntries().map(function (e) { return e.name; }));
var observer = new hooks.PerformanceObserver(function (list, self) {
    console.log('observed', list.getEntries().map(function (e) { return e.name + e.entryType; }), list.getEntriesByName('seen').length, self === observer);
    observer.disconnect();
});
observer.observe({ entryTypes: ['mark', 'function'] });
performance.mark('seen');
function add(a, b) { return a + b; }
var timed = performance.timerify(add);
console.log(timed(1, 2), timed.name, timed.length);
var elu = performance.eventLoopUtilization();
console.log(Object.keys(elu), elu.utilization >= 0 && elu.utilization <= 1, Object.keys(performance.eventLoopUtilization(elu)));
var h = hooks.createHistogram();
console.log(h.count, h.min, h.max, h.mean, h.stddev, h.exceeds, h.percentile(50));
for (var i = 1; i <= 1000; i++) { h.record(i); }
console.log(h.count, h.min, h.max, h.mean, Math.round(h.stddev), h.percentile(50), h.percentile(99), h.percentile(100), h.percentile(0.1));
h.record(123456789);
console.log(h.max, h.percentile(100), h.constructor.name);
h.reset();
console.log(h.count, h.max);
show(function () { return h.record(0); });
show(function () { return h.record(1.5); });
show(function () { return h.record('x'); });
show(function () { return h.percentile(0); });
show(function () { return h.percentile('x'); });
var other = hooks.createHistogram({ highest: 100 });
other.record(50);
other.record(1000);
h.add(other);
console.log(other.exceeds, other.count, h.count, h.min);
var delay = hooks.monitorEventLoopDelay({ resolution: 1 });
console.log(delay.enable(), delay.enable(), delay.disable(), delay.disable());
show(function () { return hooks.monitorEventLoopDelay({ resolution: 'x' }); });
