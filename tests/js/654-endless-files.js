// main only: it makes its own workers
// isorun only: Node has no limit on external memory, and reads on until the system has none
// A file that never ends, read whole: the reader can be told to end, and its limit holds.
const assert = require('assert');
const { Worker } = require('worker_threads');

const READ = `require('worker_threads').parentPort.postMessage('reads');
    require('fs').readFileSync('/dev/zero');`;
const READ_LATER = `require('fs').readFile('/dev/zero', () => {});`;

function ended(worker) {
    return new Promise((resolve) => {
        let code = null;
        worker.on('error', (error) => { code = error.code; });
        worker.on('exit', () => resolve(code));
    });
}

(async () => {
    const told = new Worker(READ, { eval: true });
    const end = ended(told);
    await new Promise((resolve) => told.once('message', resolve));
    await told.terminate();
    assert.strictEqual(await end, null);
    const resourceLimits = { maxExternalMb: 8 };
    const caught = `try { ${READ} } catch (error) {}`;
    for (const code of [READ, caught, READ_LATER]) {
        assert.strictEqual(await ended(new Worker(code, { eval: true, resourceLimits })),
            'ERR_WORKER_OUT_OF_MEMORY');
    }
    console.log('ended');
})();
