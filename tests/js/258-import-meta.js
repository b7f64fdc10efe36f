// import.meta, and where import.meta.resolve says things are.
import { pathToFileURL } from 'url';
import { dirname } from 'path';
const folder = pathToFileURL(import.meta.dirname).href;
const plain = (text) => String(text).split(folder).join('.').split(import.meta.dirname).join('.');
console.log(Object.keys(import.meta), Object.getPrototypeOf(import.meta));
console.log(plain(import.meta.url), plain(import.meta.filename), dirname(import.meta.filename) === import.meta.dirname);
for (const specifier of ['path', 'node:path', './x.mjs', './a b%20ü.mjs?q=é#h', '../js/./x/../y', '/rooted',
    'file:///some/where', './', '.', './fixtures/packages/', 'data:text/javascript,1']) {
    console.log(specifier, plain(import.meta.resolve(specifier)).replace(/^file:.*\/tests\//, 'tests/'));
}
const meta = await import('./fixtures/packages/meta.mjs');
for (const specifier of ['main', 'main/lib', 'exports/a', 'exports/conditions', 'exports/b/x', 'exports/b/absent',
    'exports/browser', 'exports', 'mixed', 'null', '#me', '#other', '#none', '#', 'self', 'self/x', 'no-main', '@x',
    'absent']) {
    try {
        console.log(specifier, plain(meta.resolve(specifier)));
    } catch (error) {
        console.log(specifier, '!', error.name, error.code, plain(error.message));
    }
}
console.log((await import('./fixtures/esm/plain.mjs?one')) === (await import('./fixtures/esm/plain.mjs?two')));
