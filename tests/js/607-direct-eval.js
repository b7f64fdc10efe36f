// A direct eval sees the names of the source, whatever they became, and this and arguments.
let x = 1; { let x = 2; console.log(eval('x')); eval('x = 5'); console.log(x); } console.log(x);
function f(a) { { let a = 3; return eval('a + 1'); } } console.log(f(10));
for (let i = 0; i < 1; i++) { let i = 7; console.log(eval('i')); }
function g() { let r = []; for (let i = 0; i < 2; i++) { r.push(() => eval('i')); } return r.map(h => h()); } console.log(g());
class A { m() { return eval('this.v'); } constructor() { this.v = 9; } } console.log(new A().m());
const arrow = () => eval('this === module.exports'); console.log(arrow());
function h() { return (() => eval('arguments.length'))(); } console.log(h(1,2));
try { eval('let q = 1; q'); console.log(typeof q); } catch (e) { console.log(e.name) }
const [p] = [4]; console.log(eval('p'));
async function as() { let z = 3; await null; console.log(eval('z')); { let z = 4; console.log(eval('z')); } } as();
function counter() {
    const kept = [];
    for (let i = 0; i < 3; i++) {
        kept.push((code) => eval(code));
    }
    kept[1]('i = 40');
    return kept.map((each) => each('i'));
}
console.log(counter(), eval('let x = 8; { let x = 9; } x'), eval('(() => { let p = 3; return p; })()'), eval(12), eval());
{
    let x = 'block';
    console.log(eval('[x, (() => x)(), eval("x + 1"), typeof eval("var made = 1; made")].join()'));
    console.log(eval('`${x}`'), eval('({ x, y: x })').x, eval('let { length } = x; length'));
}
class Base { get name() { return 'base'; } }
class Derived extends Base {
    constructor() { super(); this.seen = eval('this.name'); }
    later = () => eval('this.name');
}
console.log(new Derived().seen, new Derived().later());
function* steps() { { let k = 1; yield eval('k'); k = 2; yield (() => eval('k'))(); } }
console.log([...steps()], (function () { return (() => eval('arguments[0] + this.a'))(); }).call({ a: 1 }, 2));
try { { let z = 1; eval('z.missing()'); } } catch (error) { console.log(error.message); }
try { { let z = 1; eval('let 1'); } } catch (error) { console.log(error.name); }
