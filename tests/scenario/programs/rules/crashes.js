// Workers that throw, one after another, until the file named by the argument is there; with the
// argument 'caught' they catch it themselves and leave with a code of their own.
const fs = require('fs');
const { Worker } = require('worker_threads');

const isCaught = process.argv[2] === 'caught';
const CODE = isCaught ? 'try { null.x; } catch (error) { process.exit(3); }' : 'setImmediate(function () { null.x; });';

function start() {
    if (!isCaught && fs.existsSync(process.argv[2])) {
        setTimeout(start, 100);
        return;
    }
    const worker = new Worker(CODE, { eval: true, name: 'thrower-1' });
    worker.on('error', () => {});
    worker.on('exit', () => setTimeout(start, 100));
}

start();
