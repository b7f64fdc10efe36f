// isorun only: isoscope:pool is not Node's
// A replacement that has nothing to do while the worker it replaces finishes its last task stays: it
// is not one too many.
const assert = require('assert');
const Pool = require('isoscope:pool');
const pool = new Pool({ filename: __dirname + '/fixtures/pool/gated.js', minThreads: 1, maxThreads: 1 });

(async () => {
    const first = await pool.run({});
    const gate = new SharedArrayBuffer(4);
    const last = pool.run({ gate });
    const recycled = pool.recycle(first);
    const second = await pool.run({});
    assert.notStrictEqual(second, first);
    await new Promise((resolve) => setTimeout(resolve, 20)); // idleTimeout is 0
    assert.strictEqual(await pool.run({}), second);
    Atomics.store(new Int32Array(gate), 0, 1);
    Atomics.notify(new Int32Array(gate), 0);
    assert.strictEqual(await last, first);
    assert.strictEqual((await recycled).by, second);
    assert.strictEqual(await pool.run({}), second);
    assert.strictEqual(pool.threads.length, 1);
    console.log('the replacement stayed');
    await pool.destroy();
})();
