// What import() refuses, with Node's codes and messages.
const plain = (text) => String(text).split(__dirname).join('.');
async function refused(specifier, options) {
    try {
        console.log(specifier, '->', await import(specifier, options));
    } catch (error) {
        console.log(specifier, '!', error.name, error.code, plain(error.message).split('\n')[0],
            plain(error.url));
    }
}
(async () => {
    await refused('./absent.mjs');
    await refused('./fixtures/folder');
    await refused('no-such-package');
    await refused('@scope/none');
    await refused('./fixtures/esm/unknown.ts');
    await refused('./a%2fb');
    await refused('http://example.org/x.mjs');
    await refused('node:nothing');
    await refused('#inner');
    await refused('.hidden');
    await refused('data:text/plain,text');
    await refused('data:text/javascript,import "./x.js"');
    await refused('data:text/javascript,import "package"');
    await refused('./fixtures/esm/data.json');
    await refused('./fixtures/esm/data.json', { with: { type: 'css' } });
    await refused('./fixtures/esm/leaf.mjs', { with: { type: 'json' } });
    await refused('./fixtures/esm/data.json', { with: { type: 'json' } });
    await refused('data:text/javascript,import { none } from "path"');
    await refused('data:text/javascript,throw new Error(1)');
    await refused('./fixtures/esm/asks.mjs');
    await refused('./fixtures/esm/throws.mjs');
    await refused('./fixtures/esm/throws.mjs');
})();
