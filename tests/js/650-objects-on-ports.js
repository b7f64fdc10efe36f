// An object that inherits from a port is no port: neither cloned nor moved as one.
const { MessageChannel, receiveMessageOnPort } = require('worker_threads');

const { port1, port2 } = new MessageChannel();
const other = new MessageChannel();
const pretenders = {
    derived: Object.create(port1),
    twice: Object.create(Object.create(port1)),
    behindProxy: Object.create(new Proxy(port1, {})),
};

for (const name of Object.keys(pretenders)) {
    const pretender = pretenders[name];
    for (const value of [pretender, 1]) {
        try {
            other.port1.postMessage(value, [pretender]);
            console.log(name, 'was taken');
        } catch (error) {
            console.log(name, error.name, error.code, error.message);
        }
    }
}
other.port1.postMessage(pretenders.derived);
console.log(receiveMessageOnPort(other.port2));
port1.postMessage('still a port');
console.log(receiveMessageOnPort(port2).message);
other.port1.postMessage(port1, [port1]);
console.log(Object.getPrototypeOf(receiveMessageOnPort(other.port2).message) === Object.getPrototypeOf(port2));
port2.close();
other.port1.close();
