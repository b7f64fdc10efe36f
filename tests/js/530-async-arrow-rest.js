// An async arrow function takes the rest of its arguments, and `arguments` in it are those of the
// function around it.
const made = {};
for (const name of ['a', 'b']) {
    made[name] = async (...args) => [name, await 1, args];
}
async function all() {
    console.log(await made.a(1, 2), await made.b());
    const plain = async (...args) => args.length;
    console.log(await plain(1, 2, 3));
    const outer = function () { return async (first, ...rest) => [arguments.length, first, await rest]; };
    console.log(await outer('x', 'y')(1, 2, 3));
    const picks = async (first = await0(), ...[second, { third } = { third: 3 }]) => [first, second, third];
    console.log(await picks(undefined, 2), await picks(1, 2, { third: 4 }));
    const fails = async (...[{ absent }]) => absent;
    console.log(await fails().catch((error) => error.name));
}
function await0() { return 0; }
all();
