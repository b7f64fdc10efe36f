// Modules that await: siblings at the same time, parents after them, errors, import() of them.
import './fixtures/esm/waits-a.mjs';
import './fixtures/esm/waits-b.mjs';
import './fixtures/esm/plain.mjs';
import { value } from './fixtures/esm/waits-c.mjs';
console.log('main', value);
const again = import('./fixtures/esm/waits-c.mjs');
const a = await import('./fixtures/esm/waits-c.mjs');
const b = await again;
console.log(a === b, a.value);
try {
    await import('./fixtures/esm/rejects.mjs');
} catch (error) {
    console.log(error.message);
}
await import('./fixtures/esm/rejects.mjs').catch((error) => console.log('again', error.message));
for (const item of [await Promise.resolve(1), 2]) {
    console.log(item);
}
console.log(await { then(resolve) { resolve('thenable'); } });
