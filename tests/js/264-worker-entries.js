// main only: it makes its own workers
// Workers that are ES modules: by URL of a file or of data, and code that imports.
const { Worker } = require('worker_threads');
const { pathToFileURL } = require('url');
const run = (entry, options) => new Promise((resolve) => {
    const worker = new Worker(entry, options);
    worker.on('message', (message) => console.log(message));
    worker.on('error', (error) => console.log(error.name, error.code, error.message.split(__dirname).join('.')));
    worker.on('exit', (code) => resolve(code));
});
(async () => {
    const folder = pathToFileURL(__dirname + '/');
    console.log(await run(new URL('fixtures/esm/posts.mjs', folder)));
    console.log(await run(__dirname + '/fixtures/esm/posts.mjs'));
    console.log(await run(new URL('data:text/javascript,import { parentPort } from "worker_threads"; parentPort.postMessage("data")')));
    console.log(await run(`const { parentPort } = require("worker_threads");
        import("path").then((path) => parentPort.postMessage(path.sep))`, { eval: true }));
    console.log(await run(new URL('fixtures/esm/absent.mjs', folder)));
    console.log(await run(new URL('data:text/javascript,throw new Error("thrown")')));
})();
