// exit: 13
// isorun stderr: unsettled top-level await
// main only: a worker's exit code is its own
// A program that never gets past its await.
import 'path';
process.on('exit', (code) => console.log('exit', code));
console.log('waits');
await new Promise(() => {});
console.log('never');
