// Names that are used before they are initialized.
function attempt(f) { try { console.log(f()); } catch (e) { console.log(e.name + ': ' + e.message); } }
attempt(() => { const f = () => x; const v = f(); let x = 1; return v; });
attempt(() => { x = 1; let x; return x; });
attempt(() => typeof x + (() => { let x; })()); // a block's name isn't ours
attempt(() => { typeof y; let y; });
attempt(() => { let x = x + 1; });
attempt(() => { f(); const x = 1; function f() { return x; } });
attempt(() => { const x = 1; return f(); function f() { return x; } });
attempt(() => { new A(); class A {} });
attempt(() => { const A = class B { static self = () => B; }; return A.self() === A; });
attempt(() => { const walk = (n) => n ? walk(n - 1) : 'recursive'; return walk(3); });
attempt(() => { let r = ''; for (let i = 0; i < 2; i++) { try { r += late; } catch (e) { r += e.name; } let late = i; r += late; } return r; });
attempt(() => { switch (2) { case 1: let s = 1; break; case 2: return s; } });
attempt(() => { for (let x of [x]) { return x; } });
attempt(() => later());
const later = () => 'late';
attempt(() => later());
attempt(() => { z++; let z = 1; });
attempt(() => { ({ z } = { z: 1 }); let z; });
attempt(() => { class C extends C {} });
