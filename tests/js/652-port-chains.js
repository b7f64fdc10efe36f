// Ports that wait in each other's queues, thousands in a row: each carries another from the
// start, so that every post has to ask what it would hang on. Then the chain is taken apart.
const { MessageChannel, receiveMessageOnPort } = require('worker_threads');

const LENGTH = 2000;
const channels = [];
const held = [];
for (let i = 0; i < LENGTH; i++) {
    const channel = new MessageChannel();
    const { port1, port2 } = new MessageChannel();
    held.push(port1);
    channel.port1.postMessage('first', [port2]);
    channels.push(channel);
}
for (let i = 0; i + 1 < LENGTH; i++) {
    channels[i].port1.postMessage({ next: channels[i + 1].port2 }, [channels[i + 1].port2]);
}

let port = channels[0].port2;
let depth = 0;
while (port !== undefined) {
    const first = receiveMessageOnPort(port);
    const next = receiveMessageOnPort(port);
    if (first.message !== 'first') {
        throw new Error('lost at ' + depth);
    }
    depth++;
    port = next === undefined ? undefined : next.message.next;
}
console.log(depth);

// Long ones that are let go of as they are.
for (let i = 0; i + 1 < 1000; i++) {
    const channel = new MessageChannel();
    held[i].postMessage(channel.port1, [channel.port1]);
    held[i + 1].close();
    held[i + 1] = channel.port2;
}
console.log('done');
process.exit();
