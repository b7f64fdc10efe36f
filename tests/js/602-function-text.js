// Function.prototype.toString gives the source, to the letter.
'use strict';

function plain ( a ,b ) { return a /* comment */ + b; }
const expression = function   (x) { return `a${x}`; };
const named = function own(){ };
const arrow = x=>x+1;
const longArrow = async ( { a, b } = {}, ...rest ) => {
    // lines stay
    return [a, b, rest];
};
async function later() { await 0; }
function* steps() { yield 1; }
async function* both() { yield 2; }
const object = {
    method ( ) { return 1; }, 'two words' () {}, 12() {}, [ 'com' + 'puted' ] (a) {},
    get value() { return 1; }, set  value(v) { this.v = v; }, async later() {}, *steps () {}, async *both() {},
    get [ 'x' ] () { return 2; }, field: function () {}, arrow: () => ({ a: 1 }), plain
};
class Base { constructor ( ) { this.a = 1; } }
class Derived   extends Base {
    static #hidden = 1; field = () => this;
    constructor(a) { super ( ); this.b = a; }
    method() {} static   make ( x ) { return new this(x); } get value() { return 'g'; }
    static async *all() {} #own() {} own() { return this.#own; }
    static { this.block = function ( ) { return 'b'; }; }
}
const anonymous = class { /* nothing */ };
const odd = function (caf\u00e9) { return '\u{1f600} \u00e9'; }; /* € 😀 */ const behind = (a) => '€😀';

const all = { plain, expression, named, arrow, longArrow, later, steps, both, Base, Derived, anonymous, odd, behind,
    method: object.method, words: object['two words'], number: object[12], computed: object.computed,
    getter: Object.getOwnPropertyDescriptor(object, 'value').get,
    setter: Object.getOwnPropertyDescriptor(object, 'value').set,
    asyncMethod: object.later, generatorMethod: object.steps, asyncGeneratorMethod: object.both,
    computedGetter: Object.getOwnPropertyDescriptor(object, 'x').get, field: object.field, inline: object.arrow,
    short: object.plain, classMethod: Derived.prototype.method, make: Derived.make,
    classGetter: Object.getOwnPropertyDescriptor(Derived.prototype, 'value').get, all: Derived.all,
    hidden: new Derived(1).own(), block: Derived.block, fieldArrow: new Derived(1).field };
Object.keys(all).forEach(function (key) {
    console.log(key + ': ' + all[key]);
});

// what has no text of its own
console.log(String(Math.max));
console.log(String(plain.bind(null)));
console.log(String(Object.getOwnPropertyDescriptor(Map.prototype, 'size').get));
console.log(String(Array.prototype[Symbol.iterator]));

// what programs do with it
console.log(/^class\b/.test(String(Derived)), /^class\b/.test(String(plain)));
console.log(eval('(' + arrow + ')')(41));
const { Worker } = require('worker_threads');
{
    const body = function ({ parentPort }) {
        const double = (x) => x * 2;
        parentPort.postMessage([double(21), double.toString()]);
    };
    new Worker(`(${body})(require('worker_threads'))`, { eval: true }).on('message', (said) => {
        console.log(said);
    });
}
