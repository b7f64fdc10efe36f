// process.memoryUsage(): which figures grow with what, and what is part of what.
var MB = 1024 * 1024;
function grown(before) {
    var now = process.memoryUsage();
    return Object.keys(now).filter(function (name) { return name !== 'rss'; }).map(function (name) {
        return name + ' ' + (now[name] - before[name] > 7 * MB);
    });
}
console.log(Object.keys(process.memoryUsage()), typeof process.memoryUsage.rss(), process.memoryUsage.rss() > MB);
var before = process.memoryUsage();
console.log(Object.keys(before).every(function (name) { return before[name] >= 0 && Math.floor(before[name]) === before[name]; }),
    before.heapUsed <= before.heapTotal, before.heapTotal < before.rss);
var buffer = new ArrayBuffer(8 * MB);
console.log('buffer', grown(before));
before = process.memoryUsage();
var view = Buffer.alloc(8 * MB);
console.log('Buffer', grown(before));
before = process.memoryUsage();
var shared = new SharedArrayBuffer(8 * MB);
console.log('shared', grown(before).slice(0, 2), grown(before)[3]);
before = process.memoryUsage();
var objects = [];
for (var i = 0; i < 400000; i++) { objects.push({ i: i, text: 'text ' + i }); }
console.log('objects', grown(before));
before = process.memoryUsage();
structuredClone(buffer, { transfer: [buffer] });
console.log('detached', buffer.byteLength, view.length, shared.byteLength, objects.length);
