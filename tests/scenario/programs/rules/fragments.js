// Keeps one small object of a hundred, made in turns with the others, of sizes that change; at the file
// named by the first argument it lets them go. With 'packed' it makes what it keeps at once.
const fs = require('fs');

const isPacked = process.argv[2] === 'packed';
let kept = [];

function make(number) {
    const object = {};
    for (let i = 0; i < 4; i++) { object['key' + i] = number + i; }
    return object;
}

function fill() {
    let passing = [];
    for (let i = 0; i < 400000; i++) {
        if (isPacked) {
            if (i < 4000) { kept.push(make(i)); }
        } else {
            (i % 100 === 0 ? kept : passing).push(make(i));
        }
    }
    passing = null;
}

fill();
setInterval(() => {
    if (kept.length > 0 && fs.existsSync(process.argv[2])) {
        kept = [];
    }
    global.gc();
}, 300);
