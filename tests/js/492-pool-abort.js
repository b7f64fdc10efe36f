// isorun only: isoscope:pool is not Node's
// A task that is aborted: before, in the queue, running (its worker goes with it), with an emitter too.
var Pool = require('isoscope:pool');
var EventEmitter = require('events');
var pool = new Pool({ filename: __dirname + '/fixtures/pool/tasks.js', minThreads: 1, maxThreads: 1 });

function Signal() { EventEmitter.call(this); this.aborted = false; }
Signal.prototype = Object.create(EventEmitter.prototype);
Signal.prototype.abort = function (reason) { this.aborted = true; this.reason = reason; this.emit('abort'); };
function tell(error) { console.log(error.name, '-', error.message, '-', error.cause && error.cause.message || error.cause, error instanceof Error); }

var over = new Signal();
over.abort('too late');
pool.run(1, { signal: over }).catch(tell);
var spinning = new Signal();
var queued = new Signal();
var first = pool.threads[0].threadId;
pool.run(1, { name: 'spins', signal: spinning }).catch(tell).then(function () {
    console.log(pool.threads.length, pool.threads[0].threadId !== first, spinning.listenerCount('abort'));
});
pool.run(1, { signal: queued }).catch(tell);
pool.run('not aborted').then(function (value) {
    console.log(value, pool.completed, queued.listenerCount('abort'));
    pool.run(1, { signal: 5 }).catch(tell);
});
setTimeout(function () {
    queued.abort();
    spinning.abort(new Error('enough'));
}, 300);
