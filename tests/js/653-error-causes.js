// Errors whose causes are errors, a thousand in a row; causes that are read by a script.
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

const read = new Error('read');
Object.defineProperty(read, 'cause', { get() { return new Error('made', { cause: 7 }); } });
console.log(structuredClone(read).cause.message, structuredClone(read).cause.cause);

const twice = [new Error('one', { cause: read })];
twice.push(twice[0]);
const copy = structuredClone(twice);
console.log(copy[0] === copy[1], copy[0].cause.cause.cause);

const throwing = new Error('throwing');
Object.defineProperty(throwing, 'cause', { get() { throw new SyntaxError('no'); } });
try {
    structuredClone({ throwing });
} catch (caught) {
    console.log(caught.name, caught.message);
}
port1.close();
