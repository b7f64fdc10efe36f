// Errors of lowered code name the lines of the source.
const lines = (e) => e.stack.split('\n').slice(1).filter((l) => l.includes('210-lines')).map((l) => /:(\d+)/.exec(l)[1]).join();
const {
    a = 1,
    b: { c } = { c: 2 },
} = {};
function fails(x = 1, {
    y,
} = { y: 2 }) {
    const text = `line
        ${x}`;
    throw new Error(text + y);
}
try { fails(); } catch (e) { console.log(lines(e)); }
class K {
    field = 1;
    #p = 2;

    method() {
        const inner = () => {
            null.x;
        };
        [1].forEach(() => 0);
        inner();
    }
}
try {
    new K().method();
} catch (e) { console.log(lines(e)); }
const chain = { f: { g() { throw new Error('chain'); } } };
try {
    chain?.f
        ?.g();
} catch (e) { console.log(lines(e).split(',')[0]); }
for (const x of [1]) {
    try {
        const f = () => x;

        undefined.y;
    } catch (e) { console.log(lines(e).split(',')[0]); }
}
const spread = [
    ...[1],
    (() => {
        try { throw new Error('s'); } catch (e) { return lines(e); }
    })(),
];
console.log(spread[1].split(',')[0], a, c);
