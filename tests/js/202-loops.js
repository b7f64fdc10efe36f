// What closures keep of loops; labels, break, continue and return across them.
const calls = [];
for (let i = 0; i < 3; i++) { calls.push(() => i); }
for (let i = 0; i < 4; i++) { calls.push(() => i); i++; }
for (const k in { a: 1, b: 2 }) { calls.push(() => k); }
for (const [x, y] of [[1, 2], [3, 4]]) { calls.push(() => x + y); }
let n = 0;
while (n < 2) { const m = n++; calls.push(() => m); }
do { let d = n; calls.push(() => d++); n--; } while (n > 0);
console.log(calls.map((f) => f()).join(' '), calls.map((f) => f()).join(' '));
function leave(list) {
    for (const x of list) { const f = () => x; if (f() < 0) { return 'negative ' + f(); } }
    return 'none';
}
console.log(leave([1, -2, 3]), leave([1]));
function nested() {
    const seen = [];
    outer: for (let i = 0; i < 4; i++) {
        const fi = () => i;
        for (let j = 0; j < 4; j++) {
            const fj = () => j;
            if (fj() === 1 && fi() === 0) { continue outer; }
            if (fj() === 2) { break; }
            if (fi() === 3) { break outer; }
            seen.push(fi() * 10 + fj());
        }
        switch (fi()) { case 1: continue; case 2: break; }
        seen.push('end' + fi());
    }
    return seen.join();
}
console.log(nested());
for (var v = 0, fs = []; v < 2; v++) { let c = v; fs.push(() => c + v); }
console.log(fs.map((f) => f()), v);
function thisInLoop() { const r = []; for (const x of [1, 2]) { r.push(() => this.k + x + arguments.length); } return r.map((f) => f()); }
console.log(thisInLoop.call({ k: 10 }, 1, 2));
for (let i = 0, last = 2; i <= last; i++) { const f = () => last; if (i === 1) { continue; } console.log(i, f()); }
const made = []; for (let i = 0; i < 2; i++) { var shared = i; function own() { return i; } made.push(own); }
console.log(made.map((f) => f()), shared);
label: { if (v) { break label; } console.log('never'); }
let text = ''; for (const c of 'a\u{1f600}b') { text += c.length; } console.log(text);
var target = {}; for (target.x of [1, 2]) { } for (target['y'] in { q: 1 }) { } console.log(target);
[...'ab'].forEach((c, i) => { for (const z of [c]) { setTimeout(() => console.log('later', z, i), 0); } });
