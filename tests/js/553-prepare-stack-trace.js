// Error.prepareStackTrace makes what stack says, once for each error; what it throws is thrown.
var path = require('path');
function outer() { return new Error('seen'); }
var error = outer();
Error.prepareStackTrace = function (about, sites) {
    console.log(this === Error, about.message, Array.isArray(sites), sites.length > 1);
    return sites.slice(0, 1).map(function (site) {
        return [site.getFunctionName(), path.basename(site.getFileName()), site.getLineNumber(), site.isConstructor(), site.isNative(),
            site.isEval(), site.isToplevel(), typeof site.toString()];
    });
};
console.log(error.stack, error.stack === error.stack);
function Thing() { this.where = new Error('made').stack; }
console.log(new Thing().where);
var object = {};
Error.captureStackTrace(object);
console.log(Array.isArray(object.stack), Object.keys(object));
Error.prepareStackTrace = function (about) { if (about.message === 'bad') { throw new TypeError('no stack'); } return 'mine: ' + about.message; };
try { console.log(new Error('bad').stack); } catch (failure) { console.log(failure.name, failure.message); }
console.log(new Error('good').stack, Object.getOwnPropertyDescriptor(new Error('good'), 'stack') !== null);
Error.prepareStackTrace = undefined;
console.log(new Error('plain').stack.split('\n')[0], typeof new Error('plain').stack);
