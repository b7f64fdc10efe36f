// main only: it makes its own workers
// Workers that are ended while their code is lowered, by themselves waiting or several for one file, are
// gone at once; the others of the same code run, and so do later ones.
const { Worker } = require('worker_threads');
const body = Array.from({ length: 400 }, (_, i) => `const f${i} = ({ a = ${i}, ...b } = {}) => [a, \`\${a}\`, b];`);
const code = (tag) => `// ${tag} ${process.pid}\n${body.join('\n')}\nrequire('worker_threads').parentPort.postMessage(f7()[0]);`;
function start(text, isEnded) {
    return new Promise((resolve) => {
        const worker = new Worker(text, { eval: true });
        const seen = [];
        worker.on('message', (value) => seen.push(value));
        worker.on('error', (error) => seen.push(error.message));
        worker.on('exit', (exit) => resolve(isEnded ? `ended ${seen.join()}` : `${seen.join()} ${exit}`));
        if (isEnded) {
            setTimeout(() => worker.terminate(), 5);
        }
    });
}
(async () => {
    const same = code('same');
    const runs = [start(same, true), start(same, true), start(same, false), start(same, false), start(code('own'), true)];
    for (const run of runs) {
        console.log(await run);
    }
    console.log(await start(same, false), await start(code('own'), false));
})();
