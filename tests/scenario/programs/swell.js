// Node.js: at a line on standard input it takes memory, outside of its heap and in it, until somebody
// ends it.
'use strict';
const kept = [];
process.stdin.once('data', () => {
    setInterval(() => {
        for (let i = 0; i < 4; i++) {
            kept.push(Buffer.alloc(1 << 20, i + 1));
            kept.push(Array.from({ length: 2000 }, (_, n) => ({ n })));
        }
    }, 5);
});
console.log('ready');
