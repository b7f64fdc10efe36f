// Piscina as it is published: arguments are the folder of packages and that of the tasks.
const { Piscina } = require(process.argv[2] + '/piscina');
const { resolve } = require('path');
async function main() {
    const pool = new Piscina({ filename: process.argv[3] + '/tasks.js', minThreads: 1, maxThreads: 2, resourceLimits: { maxOldGenerationSizeMb: 16 } });
    console.log(await Promise.all([1, 2, 3].map((n) => pool.run(n))), await pool.run(21, { name: 'twice' }));
    console.log(await pool.run(5, { name: 'later' }), await pool.run(1, { filename: process.argv[3] + '/module.mjs' }));
    for (const name of ['throws', 'rejects', 'absent']) {
        await pool.run(0, { name }).catch((e) => console.log(e.name, e.message.replace(process.argv[3], '.')));
    }
    const controller = new AbortController();
    const spin = pool.run(0, { name: 'spins', signal: controller.signal }).catch((e) => console.log(e.name, e.message));
    setTimeout(() => controller.abort(), 20);
    await spin;
    await pool.run(3, { name: 'exits' }).catch((e) => console.log(e.message));
    await pool.run(3, { name: 'uncaught' }).catch((e) => console.log(e.message));
    const bytes = new Uint8Array([1, 2, 3]);
    console.log(await pool.run(Piscina.move(bytes), { name: 'sum' }), bytes.length);
    console.log(pool.completed, pool.queueSize, pool.utilization > 0, Object.keys(pool.runTime).length, Piscina.isWorkerThread);
    await pool.close();
    console.log('closed', pool.threads.length);
}
main();
