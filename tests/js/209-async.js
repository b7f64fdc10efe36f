// async functions: order, errors, await everywhere, loops, methods, arrows.
const log = (...v) => console.log(...v);
const tick = (v) => new Promise((r) => setTimeout(() => r(v), 1));
async function order() { log('start'); await null; log('after await'); return 'value'; }
order().then(log); log('sync');
Promise.resolve().then(() => log('micro 1')).then(() => log('micro 2'));
(async () => { try { await Promise.reject(new Error('no')); } catch (e) { log('caught', e.message); } finally { log('finally'); } throw new TypeError('out'); })().catch((e) => log(e.name));
class K { constructor() { this.v = 'k'; } async m() { const f = async () => this.v + await tick('!'); return f(); } static async s(...a) { return a.length; } }
async function all() {
    const r = []; for (const x of [1, 2, 3]) { r.push(await tick(x)); const f = () => x; if (f() === 2) { break; } } log(r.join());
    log(await new K().m(), await K.s(1, 2), await (async (a, b = await1()) => a + b)(1)); function await1() { return 2; }
    log(`${await tick('t')}-${await tick('u')}`, [await 1, ...(await tick([2, 3]))].join(), (await tick({ a: { b: 1 } }))?.a?.b, await tick(null) ?? 'nullish');
    const { x = await tick('dx'), ...rest } = await tick({ y: 1 }); log(x, rest);
    log(await Promise.all([1, tick(2), order2()])); async function order2() { return 3; }
    const thenable = { then(ok) { ok('thenable'); } }; log(await thenable);
    try { await (async ({ a }) => a)(); } catch (e) { log(e.name); }
    label: for (let i = 0; i < 3; i++) { for (;;) { await null; if (i === 1) { continue label; } break label; } }
    switch (await tick(1)) { case await 1: log('case'); } let n = 0; while (await tick(n++ < 2)); log(n); do { n -= await 1; } while (n > 0);
    return 'done';
}
all().then(log, (e) => log('failed', e)).then(() => generators());
async function* ag(n) { try { for (let i = 0; i < n; i++) { const got = yield tick(i); if (got) { log('got', got); } } return 'r'; } finally { await null; log('ag finally'); } }
async function generators() {
    for await (const v of ag(3)) { log('v', v); } for await (const v of [tick('p'), 'q']) { log(v); } for await (const v of ag(5)) { if (v === 1) { break; } }
    const g = ag(3); log(await g.next(), await g.next('sent'), await g.return('ret'), await g.next()); const h = ag(2); await h.next(); try { await h.throw(new Error('in')); } catch (e) { log(e.message); }
    async function* outer() { const r = yield* ag(2); log('inner', r); yield* [tick('s1')]; } for await (const v of outer()) { log('o', v); }
    const q = ag(2); log(await Promise.all([q.next(), q.next(), q.next(), q.next()])); log(Object.prototype.toString.call(q), (async () => {}).constructor.name);
    try { for await (const x of [Promise.reject(new Error('rejected'))]) { } } catch (e) { log(e.message); }
}
