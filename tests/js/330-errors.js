'use strict';
// Error's cause, AggregateError.
var cause = { a: 1 };
[Error, TypeError, RangeError].forEach(function (E) {
    var e = new E('told', { cause: cause });
    console.log(e.name, e.message, e.cause === cause, JSON.stringify(Object.getOwnPropertyDescriptor(e, 'cause')), E.length, 'cause' in new E('x', {}), 'cause' in new E('x', 5));
});
console.log(Error('x', { cause: undefined }).hasOwnProperty('cause'), 'cause' in Error.prototype);
var many = new AggregateError([1, new Error('two')], 'many', { cause: 3 });
console.log(many.name, many.message, many.errors.length, many.errors[1].message, many.cause, many instanceof AggregateError, many instanceof Error, String(many));
console.log(AggregateError.name, AggregateError.length, Object.getPrototypeOf(AggregateError) === Error, many.hasOwnProperty('message'), new AggregateError([]).hasOwnProperty('message'));
console.log(AggregateError(new Set([1, 2])).errors, Object.keys(many).length, /^AggregateError: many\n +at /.test(many.stack), Object.prototype.toString.call(many));
try { new AggregateError(); } catch (error) { console.log(error.name); }
Promise.any([Promise.reject(1), Promise.reject(2)]).catch(function (error) { console.log(error.name, error.errors, error instanceof AggregateError); });
