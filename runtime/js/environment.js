// process.env: the variables of an isolate's environment, which with SHARE_ENV it has in common with
// others. The object behind the proxy is a picture of them, made anew when they have changed.
'use strict';

const system = native('workers');
const picture = {};
var seen = -1;

function refresh() {
    if (system.environmentVersion() === seen) {
        return;
    }
    var texts = system.environment();
    Object.keys(picture).forEach(function (name) { delete picture[name]; });
    for (var i = 1; i < texts.length; i++) {
        var at = texts[i].indexOf('=');
        picture[texts[i].slice(0, at)] = texts[i].slice(at + 1);
    }
    seen = texts[0];
}

module.exports = new Proxy(picture, {
    get: function (target, name) {
        refresh();
        return target[name];
    },
    has: function (target, name) {
        refresh();
        return name in target;
    },
    ownKeys: function (target) {
        refresh();
        return Object.keys(target);
    },
    set: function (target, name, value) {
        if (typeof name === 'symbol' || typeof value === 'symbol') {
            throw new TypeError('Cannot convert a Symbol value to a string');
        }
        if (name !== '') {
            system.setEnvironment(String(name), String(value)); // an index comes as a number
        }
        return true;
    },
    deleteProperty: function (target, name) {
        if (typeof name !== 'symbol') {
            system.setEnvironment(String(name), undefined);
        }
        refresh();
        return true;
    }
});
