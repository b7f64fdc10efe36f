// Patterns in declarations, assignments, parameters, loops and catch.
const { a, b: { c = 5, ...more }, ['d' + 1]: d1, ...rest } = { a: 1, b: { x: 1, y: 2 }, d1: 3, z: 4, [Symbol.for('s')]: 5 };
console.log(a, c, more, d1, rest);
const [e, , f = 10, [g] = [11], ...h] = [1, 2, undefined, undefined, 5, 6];
console.log(e, f, g, h);
let p = 1, q = 2; [p, q] = [q, p]; console.log(p, q);
const o = {}; ({ x: o.x, y: [o['y'], o.z = 3] } = { x: 1, y: [2] }); console.log(o);
let result = ([p] = [5, 6]); console.log(result, p);
let r; ({ r = 'default' } = {}); console.log(r);
const [first, second] = 'hi'; console.log(first, second);
for (const attempt of [() => { const { x } = null; }, () => { const [x] = undefined; }, () => { const [x] = {}; }, () => { ({} = undefined); }, () => { (({ x }) => x)(); }]) { try { attempt(); console.log('no'); } catch (error) { console.log(error.name); } }
function log(s) { console.log(s); return s; }
const { [log('k1')]: v1 = log('default1'), [log('k2')]: v2 = log('default2') } = { k2: 1 };
console.log((({ a, b = a }, [x2, y2 = b] = [7]) => [a, b, x2, y2])({ a: 1 }));
for (const { i, j = i } of [{ i: 1 }, { i: 2, j: 3 }]) { console.log(i, j); }
var { length: len } = [1, 2, 3]; console.log(len);
const { a: { b: { deep } } } = { a: { b: { deep: 'deep' } } }; console.log(deep);
let swap = { l: 1, r: 2 }; [swap.l, swap.r] = [swap.r, swap.l]; console.log(swap);
const { 0: zero, 'a-b': dashed } = { 0: 'zero', 'a-b': 'dashed' }; console.log(zero, dashed);
let self = [1, [2]]; [self, [p]] = self; console.log(self, p);
console.log([...[1, , 3]].length, { ...'hi', ...null, ...[9] }, Math.max(...[1, 2], 5, ...[3]));
console.log({ ...{ get g() { return 'read'; } }, own: 1, get late() { return 'kept'; } });
function collect(...args) { return args.length; } console.log(collect(...[1, 2], ...'abc', 3), new Date(...[2020, 1, 2]).getFullYear());
