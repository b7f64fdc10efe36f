// eval, direct and indirect, and Function: scopes, completion values, names, errors.
var x = 1;
function f() {
    var x = 2;
    return [eval('x'), (0, eval)('typeof x'), eval('var q = 5; q + x'), q];
}
function strict() {
    'use strict';
    eval('var z = 1');
    return typeof z;
}
console.log(f(), strict(), eval('1;;;'), eval('({ a: 1 })'), eval('/* nothing */'), eval(5));
console.log(new Function('a', 'b', 'return a + b')(1, 2), Function('return 7')(), Function()());
console.log(new Function().name, new Function('a,b', '').length, new Function('return this === globalThis')());
function refused(code) {
    try {
        code();
        console.log('taken');
    } catch (error) {
        console.log(error.name, error instanceof SyntaxError, Object.keys(error).length);
    }
}
refused(function () { eval('var ;'); });
refused(function () { eval('return 1'); });
refused(function () { eval('}'); });
refused(function () { new Function('}{'); });
refused(function () { new Function('/*', '*/) {'); });
refused(function () { new Function('a', '}, function () {'); });
