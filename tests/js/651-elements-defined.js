// Accessors that a script hangs on Array.prototype see nothing of what natives collect in arrays.
const { MessageChannel, receiveMessageOnPort } = require('worker_threads');
const fs = require('fs');
const os = require('os');
const util = require('util');
const v8 = require('v8');

const { port1, port2 } = new MessageChannel();
const map = new Map([[1, 'one'], [2, 'two']]);
const carefully = { get a() { return [map, 'z']; }, error: new Error('e'), regexp: /x/g };
const results = [];
let seen = 0;

function note(name, what) {
    let text;
    try {
        text = what();
    } catch (error) {
        text = `${error.name}: ${error.message}`;
    }
    Object.defineProperty(results, results.length, { value: [name, text], writable: true, enumerable: true });
}

for (let i = 0; i < 30; i++) {
    Object.defineProperty(Array.prototype, i, { configurable: true,
        get() { seen++; return 5; }, set() { seen++; } });
}
note('clone', () => structuredClone(carefully).a[1]);
note('clone map', () => structuredClone({ map, carefully }).map.get(2));
const buffer = new ArrayBuffer(100);
note('transfer', () => structuredClone({ buffer, carefully }, { transfer: [buffer] }).buffer.byteLength);
note('transferred', () => buffer.byteLength);
note('post', () => {
    port1.postMessage({ carefully, set: new Set(['x', 'y']) });
    return receiveMessageOnPort(port2).message.set.size;
});
const moved = new MessageChannel().port1;
note('move', () => {
    port1.postMessage({ carefully, moved }, [moved]);
    return typeof receiveMessageOnPort(port2).message.moved.postMessage;
});
note('stat', () => fs.statSync('.').isDirectory());
note('readdir', () => typeof fs.readdirSync('.').join());
note('hrtime', () => process.hrtime().length);
note('os', () => os.type());
note('replace', () => 'abc'.replace(/(b)(c)/, (all, b, c) => c + b));
note('groupBy', () => Object.keys({ a: 1 }).length);
note('serialize', () => v8.deserialize(v8.serialize({ b: true })).b);
for (let i = 0; i < 30; i++) {
    delete Array.prototype[i];
}
for (const [name, text] of results) {
    console.log(name, text);
}
console.log(util.inspect(map), seen >= 0);
port1.close();
