// Error.prepareStackTrace: what a script's own function makes of a stack. It gets a call site for
// each line; what the engine does not keep (columns, receivers, functions) is null or undefined.
'use strict';

const INDENT = '\n    at ';

function CallSite(line) {
    var match = /^(new )?(?:(.*) \()?(.*?)\)?$/.exec(line);
    var place = /^(.*):(\d+)$/.exec(match[3]);
    this._text = line;
    this._isNew = match[1] !== undefined;
    this._name = match[2] === undefined || match[2] === '<anonymous>' ? null : match[2];
    this._file = place === null ? undefined : place[1];
    this._line = place === null ? null : Number(place[2]);
    Object.keys(this).forEach(function (key) {
        Object.defineProperty(this, key, { enumerable: false });
    }, this);
}

function method(name, read) {
    Object.defineProperty(CallSite.prototype, name, { writable: true, configurable: true,
        value: function () { return read(this); } });
}

// "Object.<anonymous>" and "Type.method" are a type and a name.
function partOf(site, index) {
    var parts = site._name === null ? null : /^([^. ]+)\.(.+)$/.exec(site._name);
    return parts === null ? null : parts[index];
}

method('getFileName', function (site) { return site._file; });
method('getScriptNameOrSourceURL', function (site) { return site._file; });
method('getLineNumber', function (site) { return site._line; });
method('getColumnNumber', function () { return null; });
method('getFunctionName', function (site) {
    var name = partOf(site, 2) || site._name;
    return name === '<anonymous>' ? null : name;
});
method('getTypeName', function (site) { return partOf(site, 1); });
method('getMethodName', function (site) {
    var name = partOf(site, 2);
    return name === '<anonymous>' ? null : name;
});
method('getThis', function () { return undefined; });
method('getFunction', function () { return undefined; });
method('getEvalOrigin', function () { return undefined; });
method('getPromiseIndex', function () { return null; });
method('isNative', function (site) { return site._file === undefined; });
method('isToplevel', function (site) { return !site._isNew && partOf(site, 1) === null; });
method('isConstructor', function (site) { return site._isNew; });
method('isEval', function () { return false; });
method('isAsync', function () { return false; });
method('isPromiseAll', function () { return false; });
method('toString', function (site) { return site._text; });

exports.prepare = function (make, receiver, error, text) {
    var sites = text.split(INDENT).slice(1).map(function (line) { return new CallSite(line); });
    return make.call(receiver, error, sites);
};
