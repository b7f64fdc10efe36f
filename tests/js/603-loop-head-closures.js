// Closures in the head of a for statement: each turn has its own variables, the first part too.
'use strict';

const kept = [];
function keep(f) {
    kept.push(f);
    return true;
}
function show(title) {
    console.log(title, kept.splice(0).map((f) => f()).join(' '));
}

for (let i = 0; keep(() => i), i < 3; i++) {
    // the test keeps it
}
show('test');

for (let i = 0; i < 3; i++, keep(() => i)) {
    keep(() => i * 10);
}
show('update and body');

for (let i = 0, f = () => i; i < 3; i++) {
    keep(f);
    keep(() => i);
}
show('first part');

for (let outer = 0; outer < 2; outer++) {
    for (let i = outer * 10, f = keep(() => i); i < outer * 10 + 2; i++) {
        keep(() => i);
    }
}
show('repeated');

for (let i = 0, change = () => { i += 5; }; i < 3; i++) {
    change();
    keep(() => i);
}
show('changed where it began');

for (let i = 0; keep(() => i++) && i < 9; i += 2) {
    if (i === 2) {
        continue;
    }
    if (i === 6) {
        break;
    }
    keep(() => 'body' + i);
}
show('break and continue');

outer: for (let i = 0; i < 3 && keep(() => 'o' + i); i++) {
    for (let k = 0; keep(() => 'k' + i + k); k++) {
        if (k === 1) {
            continue outer;
        }
        if (i === 2) {
            break outer;
        }
    }
}
show('labels');

function find(list) {
    for (let i = 0; i < list.length && keep(() => list[i]); i++) {
        if (list[i] === 'b') {
            return this.prefix + list[i] + arguments.length;
        }
    }
    return 'none';
}
console.log(find.call({ prefix: 'found ' }, ['a', 'b', 'c']), find.call({}, []));
show('return');

for (let [i, k] = [0, 1], f = () => i + k; i < 2; [i, k] = [i + 1, k + 1], keep(() => i * 100 + k)) {
    keep(f);
}
show('patterns');

for (const n = 5, f = () => n; keep(f) && kept.length < 3;) {
    keep(() => n + 1);
}
show('const');

function* steps() {
    for (let i = 0; i < (yield () => i); i++) {
        keep(() => i);
    }
}
const walk = steps();
const first = walk.next().value;
console.log(walk.next(2).done, walk.next(2).done, walk.next(2).done, first());
show('generator');

(async () => {
    for (let i = 0; i < await Promise.resolve(2) && keep(() => i); i++) {
        await null;
    }
    show('async');
})();
