// let and const: blocks, shadowing, hoisted neighbours, switch, what const refuses.
let a = 1;
{ let a = 2; { let a = 3; console.log(a); } console.log(a); }
console.log(a);
function shadow(x) { { let x = 5; console.log(x); } for (let x of [6]) { console.log(x); } return x; }
console.log(shadow(4));
const outer = () => name;
{ let name = 'inner'; console.log(name, outer()); }
var name = 'outer';
console.log(outer());
for (let i = 0; i < 2; i++) { let fresh; console.log(fresh); fresh = i; }
switch (1) { case 0: break; case 1: let z = 2; console.log('z', z); }
try { const c = 1; c = 2; } catch (e) { console.log(e.name, e.message); }
try { const c = 1; c++; } catch (e) { console.log(e.name, e.message); }
try { for (const i = 0; i < 2; i++) { console.log(i); } } catch (e) { console.log(e.name); }
const frozen = 1;
try { [frozen] = [2]; } catch (e) { console.log(e.name, frozen); }
try { frozen ||= 3; frozen &&= 3; } catch (e) { console.log(e.name); }
if (true) { function block() { return 'block'; } }
console.log(block());
console.log((function () { 'use strict'; { function inner() {} } return typeof inner; })());
{ function twice() { return 1; } { function twice() { return 2; } } console.log(twice()); }
let { length } = 'four', other = length * 2;
console.log(length, other, typeof undeclared);
try { throw { e: 1 }; } catch ({ e }) { console.log(e); }
try { throw 1; } catch { console.log('no binding'); }
