// AsyncLocalStorage across everything that calls back later; AsyncResource.
var hooks = require('async_hooks');
var storage = new hooks.AsyncLocalStorage();
var other = new hooks.AsyncLocalStorage();
function told(label) { return function () { console.log(label, storage.getStore(), other.getStore()); }; }
told('outside')();
var promise = Promise.resolve();
var emitter = new (require('events'))();
storage.run('A', function () {
    told('inside')();
    setTimeout(told('timeout'), 300);
    setImmediate(told('immediate'));
    process.nextTick(told('tick'));
    queueMicrotask(told('microtask'));
    promise.then(told('then')).then(told('then then'));
    Promise.reject(new Error('x')).catch(told('catch'));
    other.run(1, function () { promise.then(told('both')); setTimeout(told('both later'), 315); });
    emitter.on('e', told('emitter'));
    storage.exit(told('exit'));
    storage.run('B', function () { told('nested')(); process.nextTick(told('nested tick')); });
    var interval = setInterval(function () { told('interval')(); clearInterval(interval); }, 330);
    told('inside again')();
});
emitter.emit('e');
promise.then(told('then outside'));
console.log(storage.run('C', function (a, b) { return a + b + storage.getStore(); }, 1, 2));
try { storage.run('D', function () { throw new Error('thrown'); }); } catch (error) { told(error.message)(); }
var bound = storage.run('E', function () { return hooks.AsyncLocalStorage.bind(told('bound')); });
bound();
var snapshot = storage.run('F', function () { return hooks.AsyncLocalStorage.snapshot(); });
console.log(snapshot(function (x) { return storage.getStore() + x; }, '!'));
var resource = storage.run('G', function () { return new hooks.AsyncResource('Thing'); });
console.log(resource.runInAsyncScope(function (x) { return [this.t, x, storage.getStore()]; }, { t: 1 }, 2), typeof resource.asyncId(), resource.emitDestroy() === resource);
resource.bind(told('bound to resource'))();
console.log(resource.bind(function (a, b) {}).length, hooks.AsyncResource.bind(function () { return this === globalThis; }).call(globalThis));
setTimeout(function () {
    storage.enterWith('H');
    told('entered')();
    promise.then(told('then entered'));
    setTimeout(told('later entered'), 1);
    setTimeout(function () { storage.disable(); told('disabled')(); last(); }, 30);
}, 360);
function last() {
    storage.run('I', function () { require('fs').stat('/', told('fs')); });
}
[function () { new hooks.AsyncResource(5); }, function () { hooks.AsyncLocalStorage.bind(5); }, function () { hooks.AsyncLocalStorage(); }, function () { hooks.createHook({ init: 5 }); }].forEach(function (run) {
    try { run(); } catch (error) { console.log(error.name, error.code, error.message); }
});
