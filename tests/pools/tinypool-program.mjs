// Tinypool as it is published: arguments are the folder of packages and that of the tasks.
const [modules, tasks] = process.argv.slice(2);
const { default: Tinypool } = await import(`file://${modules}/tinypool/dist/index.js`);
const pool = new Tinypool({ filename: `file://${tasks}/tasks.js`, minThreads: 1, maxThreads: 2 });
console.log(await Promise.all([1, 2, 3].map((n) => pool.run(n))), await pool.run(21, { name: 'twice' }));
console.log(await pool.run(1, { filename: `file://${tasks}/module.mjs` }), await pool.run(5, { name: 'later' }));
await pool.run(0, { name: 'throws' }).catch((error) => console.log(error.name, error.message));
const controller = new AbortController();
setTimeout(() => controller.abort(), 20);
await pool.run(0, { name: 'spins', signal: controller.signal }).catch((error) => console.log(error.name, error.message));
const bytes = new Uint8Array([1, 2, 3]);
console.log(await pool.run(Tinypool.move(bytes), { name: 'sum' }), bytes.length, pool.completed);
await pool.recycleWorkers();
console.log(await pool.run('again'));
await pool.destroy();
console.log('destroyed', pool.threads.length);
