// stderr: MaxListenersExceededWarning: Possible EventEmitter memory leak detected\. 11 x listeners added to \[EventEmitter\]\. MaxListeners is 10\. Use emitter\.setMaxListeners\(\) to increase limit
// Too many listeners are a warning, once.
var emitter = new (require('events'))();
process.on('warning', function (warning) {
    console.log(warning.name, warning.count, warning.type, warning.emitter === emitter);
});
for (var i = 0; i < 13; i++) {
    emitter.on('x', function () {});
}
emitter.setMaxListeners(0);
for (i = 0; i < 30; i++) {
    emitter.on('y', function () {});
}
