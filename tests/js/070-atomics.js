// Every operation on every integer view: results, wrapping, signs.
var views = [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array];
views.forEach(function (View) {
    [SharedArrayBuffer, ArrayBuffer].forEach(function (Store) {
        var view = new View(new Store(32), 8, 4);
        var results = [
            Atomics.store(view, 1, 5), Atomics.load(view, 1), Atomics.add(view, 1, 300), view[1],
            Atomics.sub(view, 1, 600), view[1], Atomics.and(view, 1, 0x5f), view[1],
            Atomics.or(view, 1, 0xf0), view[1], Atomics.xor(view, 1, -1), view[1],
            Atomics.exchange(view, 1, -7), view[1], Atomics.compareExchange(view, 1, -7, 9), view[1],
            Atomics.compareExchange(view, 1, view[1], 11), view[1],
            Atomics.store(view, 2, 3.9), Atomics.store(view, 2, 4294967299), view[2],
            Atomics.store(view, 2, Infinity), view[2], Atomics.store(view, 2, 'x'), view[0], view[3],
            Atomics.add(view, '3', true), view[3], Atomics.load(view)
        ];
        console.log(View.name, results.join(' '));
    });
});
console.log([1, 2, 4, 8, 3, 0].map(Atomics.isLockFree).join());
console.log(Object.is(Atomics.store(new Int32Array(1), 0, -0), 0));
console.log(Object.prototype.toString.call(Atomics), Object.keys(Atomics).length, Atomics.add.length,
    Atomics.add.name);
