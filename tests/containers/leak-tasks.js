'use strict';
/* The handler of leak.js: keeps so many bytes of a task, in its heap or outside. */
const kept = [];
module.exports = ({ bytes, kind }) => {
    if (bytes > 0) {
        kept.push(kind === 'heap' ? String(kept.length % 10).repeat(bytes) + kept.length :
            new Uint8Array(bytes).fill(1));
    }
    return kept.length;
};
