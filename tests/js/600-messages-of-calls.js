// What cannot be called is named as it stands in the source; writes name the property and its object.
'use strict';

function attempt(work) {
    try {
        work();
        console.log('no error');
    } catch (error) {
        console.log(error.name + ': ' + error.message);
    }
}

const object = { a: {}, list: [1], text: 'abc', get only() { return 1; } };
const key = 'some';
let nothing;

// calls
attempt(function () { object.method(); });
attempt(() => object.a.b.c());
attempt(() => object.a.method(1, 2));
attempt(() => object['two words']());
attempt(() => object[key]());
attempt(() => object.a[object.k]());
attempt(() => object[0]());
attempt(() => nothing());
attempt(() => { const local = 3; local(); });
attempt(() => { const { a: inner } = object; inner(); });
attempt(() => { for (let i = 0; i < 1; i++) { let nothing = i; (() => nothing())(); } });
attempt(() => require('fs').nope());
attempt(() => JSON.nope());
attempt(() => (() => 1)()());
attempt(() => new Map().nope());
attempt(() => 'abc'.nope());
attempt(() => object.text.nope());
attempt(() => nothing`tag`);
attempt(() => object.a.tag`tag`);
attempt(() => object.method(object.a.b ? 1 : 2));
attempt(function () { this.missing(); }.bind(object));
attempt(() => { (function (f) { f(); })(null); });
attempt(() => { class A { go() { this.missing(); } } new A().go(); });

// constructors
attempt(() => new nothing());
attempt(() => new object.Missing(1));
attempt(() => new object.a.b.Missing());
attempt(() => new (() => {})());

// callbacks
attempt(() => [1].map(3));
attempt(() => [1].forEach());
attempt(() => [1].reduce({}));
attempt(() => [].reduce((a, b) => a));

// operators
attempt(() => 'a' in 'b');
attempt(() => 1 instanceof 2);

// writes
attempt(() => { Object.freeze({ a: 1 }).a = 2; });
attempt(() => { Object.freeze([1])[0] = 2; });
attempt(() => { Object.freeze({}).b = 2; });
attempt(() => { object.only = 2; });
attempt(() => { delete Object.freeze([1])[0]; });
attempt(() => { delete Object.freeze({ a: 1 }).a; });
attempt(() => Object.defineProperty(Object.freeze({ a: 1 }), 'a', { value: 2 }));
attempt(() => Object.defineProperty(Object.freeze({}), 'a', { value: 2 }));
attempt(() => Object.defineProperty(1, 'a', {}));
attempt(() => Object.defineProperty({}, 'a', 1));

// async code names it too
(async () => {
    try {
        await object.later();
    } catch (error) {
        console.log(error.name + ': ' + error.message);
    }
})();
