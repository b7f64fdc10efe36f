'use strict';
/* Jobs of a clean worker whose memory is anything but flat: garbage of all sizes, a cache that is
 * full after a while, a buffer now and then, a burst every few seconds. */
const MB = 1 << 20;
const cache = new Map();
let random = 1;

function next(below) {
    random = (random * 1103515245 + 12345) % 2147483648;
    return Math.floor(random / 2147483648 * below);
}

function remember(value) {
    cache.set(next(500), 'x'.repeat(next(4000)) + value);
}

exports.render = (value) => {
    const rows = [];
    for (let i = next(40); i > 0; i--) {
        rows.push({ id: i, text: 'row ' + value + '.' + i });
    }
    remember(value);
    return rows.length;
};
exports.resize = (value) => {
    const pixels = new Uint8Array(next(256 << 10));
    pixels.fill(value & 255);
    return pixels.length;
};
exports.report = (value) => {
    const parts = [];
    for (let i = 0; i < 20; i++) {
        parts.push(String(i).repeat(next(MB / 40)));
    }
    return parts.join('').length + value;
};
