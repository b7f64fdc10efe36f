// Modules: built-in ones by name, files by path. Runs once at the start of every isolate, so it is
// kept small; what only errors need is in report.js. A module's record is in the cache before its
// code runs, so cycles see what is exported so far.
'use strict';

const files = native('module');
const hasOwn = Object.prototype.hasOwnProperty;
const BUILT_IN = /^(assert|console|events|path|process|timers|util|v8|worker_threads|isoscope)$/;
const builtins = {};
const cache = Object.create(null);
var main;

// ---- built-in modules ---------------------------------------------------------------------------

// Loads any built-in module, also those that only other built-in modules see.
function builtin(name) {
    if (!hasOwn.call(builtins, name)) {
        var load = files.builtin(name);
        var module = builtins[name] = { exports: {} };
        load(module.exports, builtin, module, native);
    }
    return builtins[name].exports;
}

function publicName(request) {
    var name = request.slice(0, 5) === 'node:' ? request.slice(5) : request;
    return BUILT_IN.test(name) ? name : undefined;
}

// ---- paths --------------------------------------------------------------------------------------

function directoryOf(path) {
    return path.slice(0, path.lastIndexOf('/')) || '/';
}

function absolute(directory, path) {
    var parts = [];
    (path[0] === '/' ? path : directory + '/' + path).split('/').forEach(function (part) {
        if (part === '..') {
            parts.pop();
        } else if (part !== '' && part !== '.') {
            parts.push(part);
        }
    });
    return '/' + parts.join('/');
}

function findFile(path) {
    var endings = ['', '.js', '.json'];
    for (var i = 0; i < endings.length; i++) {
        if (files.stat(path + endings[i]) === 0) {
            return path + endings[i];
        }
    }
    return undefined;
}

function findDirectory(path) {
    if (files.stat(path) !== 1) {
        return undefined;
    }
    var entry;
    if (files.stat(path + '/package.json') === 0) {
        entry = parseJson(path + '/package.json').main;
    }
    var named = typeof entry === 'string' ? absolute(path, entry) : undefined;
    return (named && (findFile(named) || findFile(named + '/index'))) || findFile(path + '/index');
}

function isRelative(request) {
    return /^(\.{0,2}\/|\.{1,2}$)/.test(request);
}

function resolve(request, parent) {
    if (typeof request !== 'string' || request === '') {
        throw builtin('report').badRequest(request);
    }
    var name = publicName(request);
    if (name !== undefined) {
        return request;
    }
    if (isRelative(request)) {
        var path = absolute(parent.directory, request);
        var found = (/\/\.{0,2}$/.test(request) ? undefined : findFile(path)) || findDirectory(path);
        if (found !== undefined) {
            return files.realpath(found);
        }
    }
    throw builtin('report').notFound(request, parent);
}

// ---- loading ------------------------------------------------------------------------------------

// The text of a script as the compiler takes it: without a byte order mark, the first line of an
// executable file as a comment. Lines and columns stay what they are.
function prepare(source) {
    if (source.charCodeAt(0) === 0xfeff) {
        source = source.slice(1);
    }
    return source.slice(0, 2) === '#!' ? '//' + source.slice(2) : source;
}

function parseJson(path) {
    var text = files.read(path);
    try {
        return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
    } catch (error) {
        throw builtin('report').badJson(error, path, text);
    }
}

function Module(id, filename, parent) {
    this.id = id;
    this.path = directoryOf(filename);
    this.exports = {};
    this.filename = filename;
    this.loaded = false;
    this.children = [];
    Object.defineProperty(this, 'parent', { value: parent, writable: true, configurable: true });
    Object.defineProperty(this, 'directory', { value: this.path });
    if (parent) {
        parent.children.push(this);
    }
}

Module.prototype.require = function (request) {
    return load(request, this);
};

function requireOf(module) {
    function require(request) {
        return load(request, module);
    }
    require.resolve = function resolveRequest(request) {
        return resolve(request, module);
    };
    require.main = main;
    require.cache = cache;
    return require;
}

function compile(filename, source) {
    var text = prepare(source);
    try {
        return files.compile(text, filename);
    } catch (error) {
        throw builtin('report').badSyntax(error, filename, text);
    }
}

function execute(module, source) {
    var run = compile(module.filename, source);
    run.call(module.exports, module.exports, requireOf(module), module, module.filename, module.path);
    module.loaded = true;
}

function load(request, parent) {
    var path = resolve(request, parent);
    var name = publicName(path);
    if (name !== undefined) {
        return builtin(name);
    }
    if (cache[path]) {
        return cache[path].exports;
    }
    return loadFile(new Module(path, path, parent)).exports;
}

function loadFile(module) {
    var path = module.filename;
    cache[path] = module;
    var isDone = false;
    try {
        if (/\.json$/.test(path)) {
            module.exports = parseJson(path);
            module.loaded = true;
        } else {
            execute(module, files.read(path));
        }
        isDone = true;
    } finally {
        if (!isDone) {
            delete cache[path];
        }
    }
    return module;
}

// ---- how the isolate starts ---------------------------------------------------------------------

function root(name) {
    return new Module(name, native('process').cwd() + '/' + name, null);
}

exports.builtin = builtin;
builtins.loader = { exports: exports };

function find(path) {
    var start = { directory: native('process').cwd(), filename: null, parent: null };
    exports.script = absolute(start.directory, path); // for process.argv
    return resolve(isRelative(path) ? path : './' + path, start);
}

exports.runFile = function (path) {
    main = new Module('.', find(path), null);
    loadFile(main);
};

exports.checkFile = function (path) {
    var found = find(path);
    if (/\.json$/.test(found)) {
        parseJson(found);
    } else {
        compile(found, files.read(found));
    }
};

exports.runCode = function (source) {
    main = root('[eval]');
    main.filename = '[eval]';
    execute(main, source);
};

exports.preload = function (path) {
    load(path, root('[preload]'));
};
