// require() of ES modules: their namespace; not when something in it awaits.
const leaf = require('./fixtures/esm/leaf.mjs');
console.log(Object.keys(leaf));
console.log(require('./fixtures/esm/leaf.mjs') === leaf, leaf.__esModule, leaf.one);
console.log(require('./fixtures/esm/plain-exports.mjs'), require('./fixtures/esm/says-what.mjs'));
console.log(require('./fixtures/esm/typed'), require('./fixtures/esm/typed/common.cjs'));
console.log(require('./fixtures/esm/detected.js').detected);
try {
    require('./fixtures/esm/waits-b.mjs');
} catch (error) {
    console.log(error.code, error.message.split('\n')[0]);
}
try {
    require('./fixtures/esm/throws.mjs');
} catch (error) {
    console.log(error.message);
}
import('./fixtures/esm/leaf.mjs').then((namespace) => console.log(namespace === leaf, namespace.one === leaf.one));
