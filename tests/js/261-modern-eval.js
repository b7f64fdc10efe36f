// eval, Function and the constructors of other functions take modern code.
console.log(eval('const a = [1, 2]; let [x, ...y] = a; `${x} ${y}`'), (0, eval)('(() => 3)()'));
console.log(eval('class A { #x = 1; get x() { return this.#x; } } new A().x'));
console.log(new Function('a', '{ b = 2, ...rest } = {}', 'return a ?? [b, rest]')(null, { c: 3 }));
console.log(new Function('...list', 'return list.map((x) => x ** 2)')(1, 2, 3));
console.log(Function('a = 1', 'return a')(), new Function('return `a${1}`')());
const GeneratorFunction = Object.getPrototypeOf(function* () {}).constructor;
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
console.log([...new GeneratorFunction('n', 'for (let i = 0; i < n; i++) yield i')(3)]);
const load = new Function('specifier', 'return import(specifier)');
(async () => {
    console.log(await AsyncFunction('a', 'return (await a) + 1')(Promise.resolve(1)));
    console.log((await load('path')).sep, (await load('./fixtures/esm/leaf.mjs')).one);
    console.log((await eval('import("./fixtures/esm/leaf.mjs")')).one);
    for (const code of ['let a; let a', 'const b', 'await 1', 'import "x"', 'class { }', 'for (const of []) ;']) {
        try { eval(code); console.log('taken', code); } catch (error) { console.log(code, error.name); }
    }
})();
