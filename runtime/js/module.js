// The built-in module `module`: what programs ask of Node's loader itself.
'use strict';

const errors = require('errors');
const loader = require('loader');

function Module(id, parent) {
    this.id = id === undefined ? '' : id;
    this.path = require('path').dirname(this.id);
    this.exports = {};
    this.filename = null;
    this.loaded = false;
    this.children = [];
    Object.defineProperty(this, 'directory', { value: this.path });
    Object.defineProperty(this, 'parent', { value: parent, writable: true, configurable: true });
}
Module.prototype = loader.Module.prototype;
Object.defineProperty(Module.prototype, 'constructor',
    { value: Module, writable: true, configurable: true });

Module.prototype._compile = function (source, filename) {
    this.filename = filename;
    loader.execute(this, source);
};

// A file that isn't there: only where it lies matters.
function moduleAt(filename) {
    return new loader.Module(filename, filename, null);
}

function pathOf(filename) {
    var text = filename !== null && typeof filename === 'object' && typeof filename.href === 'string' ?
        filename.href : filename;
    if (typeof text === 'string' && text.slice(0, 5) === 'file:') {
        return require('fileurl').pathOf(text);
    }
    if (typeof text !== 'string' || text[0] !== '/') {
        throw errors.coded(TypeError, 'ERR_INVALID_ARG_VALUE', "The argument 'filename' must be a " +
            'file URL object, file URL string, or absolute path string. Received ' +
            require('inspect').inspect(filename));
    }
    return text;
}

Module.createRequire = function createRequire(filename) {
    return loader.requireOf(moduleAt(pathOf(filename)));
};

Module.isBuiltin = function isBuiltin(name) {
    return typeof name === 'string' && loader.publicName(name) !== undefined;
};

Module._nodeModulePaths = function (from) {
    return require('resolve').lookupPaths(require('path').resolve(from));
};

Module._resolveFilename = function (request, parent, isMain, options) {
    return options === undefined ? loader.resolve(request, parent || moduleAt('/')) :
        require('resolve').from(request, options, parent || moduleAt('/'));
};

Module._load = function (request, parent) {
    return loader.load(request, parent || moduleAt(native('process').cwd() + '/[load]'));
};

Module.wrapper = ['(function (exports, require, module, __filename, __dirname) { ', '\n});'];
Module.wrap = function (script) {
    return Module.wrapper[0] + script + Module.wrapper[1];
};

Module.syncBuiltinESMExports = function syncBuiltinESMExports() {};
Module.findSourceMap = function findSourceMap() {};

Module.register = function register() {
    throw errors.coded(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
        'Loaders that scripts register are not part of isorun');
};

Module.builtinModules = loader.builtinNames;
Module._cache = loader.cache;
Module.Module = Module;
module.exports = Module;
