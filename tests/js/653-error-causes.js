// Errors whose causes are errors, a thousand in a row.
const { MessageChannel, receiveMessageOnPort } = require('worker_threads');

let error = new Error('innermost', { cause: { list: [1] } });
for (let i = 0; i < 1000; i++) {
    error = new (i % 2 ? RangeError : TypeError)('outer ' + i, { cause: error });
}
const { port1, port2 } = new MessageChannel();
port1.postMessage(error);
let got = receiveMessageOnPort(port2).message;
const names = {};
let count = 0;
while (got instanceof Error) {
    names[got.name] = (names[got.name] || 0) + 1;
    count++;
    got = got.cause;
}
console.log(count, names, got);

// What an accessor would say is not asked for.
const read = new Error('read');
let asked = 0;
for (const name of ['message', 'cause']) {
    Object.defineProperty(read, name, { get() { asked++; return name; } });
}
const copy = structuredClone([read, new Error('one', { cause: read })]);
console.log(JSON.stringify(copy[0].message), copy[0].cause, copy[1].cause === copy[0], asked);
port1.close();
