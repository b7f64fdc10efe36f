// Node.js: at a line on standard input, "COUNT", as many messages to itself, each read at once; then a
// line with how many collections there were meanwhile.
'use strict';
const { MessageChannel, receiveMessageOnPort } = require('node:worker_threads');
const { PerformanceObserver } = require('node:perf_hooks');

let collections = 0;
new PerformanceObserver((list) => { collections += list.getEntries().length; }).observe({ entryTypes: ['gc'] });
const { port1, port2 } = new MessageChannel();
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    collections = 0;
    for (let i = 0; i < Number(line); i++) {
        port1.postMessage(i);
        receiveMessageOnPort(port2);
    }
    setTimeout(() => console.log(JSON.stringify({ collections })), 100);
}).on('close', () => process.exit(0));
console.log(JSON.stringify({ ready: process.pid }));
