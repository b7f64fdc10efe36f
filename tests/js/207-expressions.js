// Templates, tags, optional chains, ??, logical assignment, **, literals.
const a = 3, o = { f() { return this === o; }, n: null, d: { e: [1] }, toString: () => 's', valueOf: () => 'v' };
console.log(`x${a}y${a + 1}\n${`in${'ner'}`}`, `${o}`, `a
b`, `\u{41}`, `${[1, 2]}`, `$\{`);
const tag = (s, ...v) => s.raw.join('|') + '/' + s.join('|') + '/' + v.join(); console.log(tag`a\n${1}b${2}`, tag``, String.raw`\n${1}`);
const same = (s) => s, site = () => same`q`; console.log(site() === site(), same`q` === same`q`, Object.isFrozen(site()), Object.isFrozen(site().raw)); console.log(((s) => s[0])`\unicode`);
try { `${Symbol('x')}`; } catch (e) { console.log(e.name); }
let none, hit = 0; const touch = () => hit++;
console.log(none?.x, none?.x.y.z, none?.[touch()], none?.(touch()), o?.f(), o.f?.(), o.d?.e?.[0], o.zz?.(), o.n?.x, hit, (o?.f)(), delete none?.x, delete o?.zz, o.d?.e.map?.((x) => x + 1));
console.log(null ?? 'n', undefined ?? 'u', 0 ?? 'z', '' ?? 'e', (null || undefined) ?? 'p');
let l1 = null, l2 = 1, l3 = 0; l1 ??= 'set'; l2 &&= 'and'; l3 ||= 'or'; const m = { get x() { console.log('read'); return 0; }, set x(v) { console.log('write', v); } }; m.x ||= 5; m.x &&= 5; m['x'] ??= touch(); console.log(l1, l2, l3, hit);
let e = 2; e **= 3; console.log(2 ** 10, (-2) ** 2, 2 ** 3 ** 2, e, 1_000_000, 0b1010, 0o17, 0xff_ff, .5_5);
console.log('\u{1F600}'.length, '\u2028'.length, [1, , 3].length, [...'a\u{1F600}'].length, { if: 1, class: 2 }.class, ({ a }).a, { 'a b': 1 }['a b']);
const k = 'key', obj = { [k]: 1, [`${k}2`]: 2, [k + 3]() { return 3; }, get [k + 4]() { return 4; }, __proto__: { inherited: 5 }, async: 1, get: 2, set: 3, await: 4, of: 5 }; console.log(obj.key, obj.key2, obj.key3(), obj.key4, obj.inherited, Object.keys(obj));
console.log(((a, b) => (a, b))(1, 2), typeof typeof 1, !!'' + 1, void 0, (1, 2), a > 1 ? `t${a}` : 'f'); var \u{61}bc = 'escaped'; console.log(abc, '\x41');
console.log(o?.['d']?.['e']?.length ?? 'x', (() => { try { return null.x; } catch { return 'caught'; } })(), [o?.d ?? 1].length, (none ?? o).f());
const fn = () => ({ v: { w() { return this.k; }, k: 'deep' } }); console.log(fn()?.v?.w(), fn?.().v.w?.(), fn()['v']?.['w'](...[]));
