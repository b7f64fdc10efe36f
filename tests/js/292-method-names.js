// Methods may be named by any word, reserved ones too; functions may not.
'use strict';

const iterator = {
    next() { return { value: 1, done: false }; },
    return() { return 'returned'; },
    delete() { return 'deleted'; },
    eval() { return 'evaluated'; },
    static() { return 'static'; },
    get if() { return 'if'; },
    class: 'class'
};
console.log(iterator.return(), iterator.delete(), iterator.eval(), iterator.static(), iterator.if,
    iterator.class, iterator.return.name, iterator.delete.length);
['(function return() {})', '"use strict"; (function static() {})', '"use strict"; (function eval() {})',
    'function if() {}'].forEach(function (text) {
    try {
        (0, eval)(text);
        console.log('compiled', text);
    } catch (error) {
        console.log(error.name);
    }
});
