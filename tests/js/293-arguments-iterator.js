// An arguments object has an iterator method of its own: the one of arrays.
function sloppy() {
    return arguments;
}

function strict() {
    'use strict';
    return arguments;
}

[sloppy(1, 2), strict(1, 2)].forEach(function (list) {
    var own = Object.getOwnPropertyDescriptor(list, Symbol.iterator);
    console.log(own.value === Array.prototype.values, own.writable, own.enumerable, own.configurable,
        Symbol.iterator in list, Object.keys(list).join(), list.missing, list[5]);
    console.log(Array.from(list).join(), new Set(list).size, Object.getOwnPropertySymbols(list).length);
    list[Symbol.iterator] = function () {
        return [7, 8].values();
    };
    console.log(new Set(list).has(8), delete list[Symbol.iterator], list[Symbol.iterator], list);
});
console.log(Math.max(...sloppy(3, 4)), (function () { return [...arguments]; })(5, 6).join());
const changing = sloppy('a', 'b');
const iterator = changing[Symbol.iterator]();
iterator.next();
changing[1] = 'changed';
console.log(iterator.next().value, iterator.next().done);
