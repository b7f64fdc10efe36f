// main only: it makes its own workers
// What cannot be cloned is a DataCloneError, and nothing is moved or sent.
var threads = require('worker_threads');
var channel = new threads.MessageChannel();
var buffer = new ArrayBuffer(8);

function refuse(value, list) {
    try {
        channel.port1.postMessage(value, list);
        console.log('accepted');
    } catch (error) {
        console.log(error.name, error.code, error instanceof Error);
    }
}
refuse(function () {});
refuse({ deep: [{ f: function () {} }] });
refuse(Symbol('s'));
refuse({ s: Symbol('s') });
refuse({ b: buffer }, [buffer, buffer]);
refuse({ b: buffer, f: function () {} }, [buffer]);
refuse(1, [channel.port1]);
console.log(buffer.byteLength);
try {
    channel.port1.postMessage({ get boom() { throw new TypeError('from getter'); } });
} catch (error) {
    console.log(error.name, error.message);
}
channel.port1.close();
