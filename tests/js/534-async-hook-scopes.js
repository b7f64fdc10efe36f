// Hooks see an AsyncResource made, entered, left and given up, and promises resolved in its scope.
const { createHook, executionAsyncId, AsyncResource, triggerAsyncId, executionAsyncResource } = require('async_hooks');
const seen = [];
const ids = new Set();
let left = 2;
const hook = createHook({
    init(id, type, trigger, resource) {
        if (type === 'JOB') {
            ids.add(id);
            seen.push(['init', type, trigger === executionAsyncId(), resource instanceof AsyncResource]);
        }
    },
    before(id) { if (ids.has(id)) { seen.push('before'); } },
    after(id) { if (ids.has(id)) { seen.push('after'); } },
    promiseResolve() { if (ids.has(executionAsyncId())) { seen.push('resolve'); } },
    destroy(id) {
        if (ids.has(id)) {
            seen.push('destroy');
            if (--left === 0) { setImmediate(end); }
        }
    }
});
console.log(hook.enable() === hook);
const resource = new AsyncResource('JOB');
let settle;
new Promise((resolve) => { settle = resolve; });
resource.runInAsyncScope(() => {
    seen.push(executionAsyncId() === resource.asyncId(), executionAsyncResource() === resource,
        triggerAsyncId() === resource.triggerAsyncId());
    settle(1);
    new Promise((resolve, reject) => reject(2)).catch(() => {});
});
try {
    resource.runInAsyncScope(() => { throw new Error('thrown'); });
} catch (error) {
    seen.push(error.message);
}
console.log(resource.emitDestroy() === resource, seen.length);
new AsyncResource('JOB').emitDestroy();

function end() {
    hook.disable();
    new AsyncResource('JOB').runInAsyncScope(() => Promise.resolve().then(() => {}));
    console.log(seen);
}
