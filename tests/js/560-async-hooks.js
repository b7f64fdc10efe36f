// Hooks of async_hooks see AsyncResources and message ports.
var hooks = require('async_hooks');
var threads = require('worker_threads');
var seen = [];
var names = {};
var hook = hooks.createHook({
    init: function (id, type, trigger, resource) {
        if (type === 'MESSAGEPORT' || type === 'MINE') { names[id] = type; seen.push(['init', type, typeof trigger, resource.constructor.name]); }
    },
    before: function (id) { if (names[id] === 'MINE') { seen.push(['before', names[id]]); } },
    after: function (id) { if (names[id] === 'MINE') { seen.push(['after', names[id]]); } },
    destroy: function (id) { if (names[id] === 'MINE') { console.log('destroy', names[id]); } }
});
new hooks.AsyncResource('MINE');
console.log(hook.enable() === hook, hook.enable() === hook);
var channel = new threads.MessageChannel();
var resource = new hooks.AsyncResource('MINE');
console.log(resource.runInAsyncScope(function (a) { return [this.x, a, hooks.executionAsyncId() === resource.asyncId()]; }, { x: 1 }, 2));
resource.emitDestroy();
setImmediate(function () {
    setImmediate(function () {
        hook.disable();
        new hooks.AsyncResource('MINE');
        new threads.MessageChannel();
        console.log(seen);
    });
});
