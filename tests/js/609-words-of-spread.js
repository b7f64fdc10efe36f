// What cannot be iterated or called is named as it was written, and a function's own `apply` is not what
// spread arguments go through.
let none, object = { list: 5, deep: { none: undefined } };
const answer = () => 7;
function say(what) {
    try {
        console.log(what());
    } catch (error) {
        console.log(error.name + ': ' + error.message);
    }
}

say(() => { const [a] = none; return a; });
say(() => { const [a] = object; return a; });
say(() => { for (const x of object.list) { return x; } });
say(() => { for (const x of 5) { return x; } });
say(() => { for (const x of answer()) { return x; } });
say(() => [...object]);
say(() => [1, ...object, ...[2]]);
say(() => (([a]) => a)());
say(() => none(...[1]));
say(() => object.list(...[1, 2]));
say(() => object.deep.none(...[1]));
say(() => new Map(5));
say(() => {
    const shout = (...words) => words.join('!');
    shout.apply = () => 'not this one';
    return shout(...['a', 'b'], 'c');
});
say(() => Math.max(...[3, 9, 4]));
