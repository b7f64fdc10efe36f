// main only: it makes its own workers
// What the constructor refuses, and in which words.
var threads = require('worker_threads');
[
    [undefined], [5], ['x.js'], [''], ['file:///x/y'], ['data:text/javascript,1'], [{}],
    ['/x', { argv: 1 }], ['/x', { execArgv: 1 }], ['/x', { execArgv: ['--foo'] }],
    ['/x', { execArgv: ['--expose-gc', '--max-old-space-size=1'] }], ['/x', { execArgv: ['--title=x'] }],
    ['/x', { env: 1 }], ['/x', { env: { NODE_OPTIONS: '--title=x' } }], ['/x', { env: { NODE_OPTIONS: '--foo' } }],
    ['/x', { name: 1 }], [5, { eval: true }], ['/x', { workerData: Math.max }],
    ['/x', { workerData: new threads.MessageChannel().port1 }]
].forEach(function (args) {
    try {
        new threads.Worker(args[0], args[1]);
        console.log('accepted', args);
    } catch (error) {
        console.log(error.name, error.code, error.message);
    }
});
try { threads.Worker('/x'); } catch (error) { console.log(error.name, error.message); }
