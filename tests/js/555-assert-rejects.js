// assert.rejects and assert.doesNotReject.
var assert = require('assert');
function show(label, run) {
    return run().then(function (value) { console.log(label, 'fine', value); }, function (error) {
        console.log(label, error.name, error.code, String(error.message).split('\n')[0], error.operator);
    });
}
function fails() { return Promise.reject(new TypeError('wrong')); }
function works() { return Promise.resolve(1); }
(async function () {
    await show('function', function () { return assert.rejects(fails); });
    await show('promise', function () { return assert.rejects(fails(), TypeError); });
    await show('shape', function () { return assert.rejects(fails(), { name: 'TypeError', message: /wro/ }); });
    await show('pattern', function () { return assert.rejects(fails(), /^TypeError: wrong$/); });
    await show('check', function () { return assert.rejects(fails(), function (error) { return error.message === 'wrong'; }); });
    await show('none', function () { return assert.rejects(works); });
    await show('none named', function () { return assert.rejects(works, TypeError, 'text'); });
    await show('other', function () { return assert.rejects(fails, RangeError); });
    await show('no promise', function () { return assert.rejects(function () { return 5; }); });
    await show('no function', function () { return assert.rejects(5); });
    await show('throws', function () { return assert.rejects(function () { throw new Error('at once'); }); });
    await show('works', function () { return assert.doesNotReject(works()); });
    await show('unwanted', function () { return assert.doesNotReject(fails, 'text'); });
    await show('unwanted of a kind', function () { return assert.doesNotReject(fails, TypeError); });
    await show('strict', function () { return assert.strict.rejects(fails); });
})();
