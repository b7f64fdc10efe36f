// The text of a file that functions came from, for Function.prototype.toString.
'use strict';

exports.read = function (name) {
    var path = /^file:/.test(name) ? require('fileurl').pathOf(name) : name;
    return require('loader').prepare(native('module').read(path));
};
