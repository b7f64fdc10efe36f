// What the engine itself throws says it in Node's words, as logs and tests of programs expect them.
function told(action) {
    try {
        action();
    } catch (error) {
        console.log(error.name + ': ' + error.message);
    }
}
var nothing, none = null, object = {}, symbol = Symbol('s');

told(function () { return missing; });
told(function () { 'use strict'; missing = 1; });
told(function () { return none.x; });
told(function () { return nothing[symbol]; });
told(function () { return nothing['a b']; });
told(function () { return object.a.b; });
told(function () { none.x = 1; });
told(function () { nothing[3] = 1; });
told(function () { object.a.b = 1; });
told(function () { return symbol + ''; });
told(function () { return +symbol; });
told(function () { return decodeURIComponent('%'); });
told(function () { [].length = -1; });
told(function recurse() { recurse(); });
told(function () { Promise(); });
