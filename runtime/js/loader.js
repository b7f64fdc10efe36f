// Modules: built-in ones by name, files by path. Runs once at the start of every isolate, so it is
// kept small; what only errors need is in report.js. A module's record is in the cache before its
// code runs, so cycles see what is exported so far.
'use strict';

const files = native('module');
const hasOwn = Object.prototype.hasOwnProperty;
const BUILT_IN = ('assert assert/strict async_hooks buffer console crypto diagnostics_channel ' +
    'events fs fs/promises isoscope module os path path/posix perf_hooks process ' +
    'querystring stream stream/promises string_decoder timers timers/promises url util util/types v8 ' +
    'worker_threads').split(' ');
const builtins = {};
const cache = Object.create(null);
const packages = Object.create(null); // directory -> what its package.json says
var main;
var isOpen = true; // this is an isolate's heap

// ---- built-in modules ---------------------------------------------------------------------------

// Loads any built-in module, also those that only other built-in modules see.
function builtin(name) {
    if (!hasOwn.call(builtins, name)) {
        var load = files.builtin(name);
        var module = builtins[name] = { exports: {} };
        load(module.exports, builtin, module, native);
    }
    var found = builtins[name];
    if (found.open !== undefined && isOpen) {
        var open = found.open;
        found.open = undefined;
        open();
    }
    return found.exports;
}

// Heaps of workers are cast from one that has been filled by this, in no isolate: modules that most
// workers load. What such a module can only do in an isolate, it does in module.open().
exports.fillMould = function () {
    isOpen = false;
    builtin('worker_threads');
    isOpen = true;
};

function publicName(request) {
    if (/^isoscope:(pool|pool_worker)$/.test(request)) {
        return request.slice(9);
    }
    if (/^(node:)?child_process$/.test(request)) {
        return 'child_process'; // not listed: its names are there, what they do is not
    }
    var name = request.slice(0, 5) === 'node:' ? request.slice(5) : request;
    return BUILT_IN.indexOf(name) >= 0 ? name : undefined;
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
    var endings = ['', '.js', '.json', '.node'];
    for (var i = 0; i < endings.length; i++) {
        if (files.stat(path + endings[i]) === 0) {
            return path + endings[i];
        }
    }
    return undefined;
}

function isRelative(request) {
    return /^(\.{0,2}\/|\.{1,2}$)/.test(request);
}

// A path that lacks nothing but an ending is found here; all else is resolve.js's to find.
function resolve(request, parent) {
    if (typeof request !== 'string' || request === '') {
        throw builtin('report').badRequest(request);
    }
    if (publicName(request) !== undefined) {
        return request;
    }
    if (isRelative(request)) {
        var path = absolute(parent.directory, request);
        var found = /\/\.{0,2}$|^\.{1,2}$/.test(request) ? undefined : findFile(path);
        return found ? files.realpath(found) : builtin('resolve').directory(path, request, parent);
    }
    return builtin('resolve').bare(request, parent);
}

// ---- packages -----------------------------------------------------------------------------------

// What is there in case of "exports", "imports", "main", "name" and "type" of a package.json that
// exists in `directory`.
function packageAt(directory) {
    var found = packages[directory];
    if (found === undefined) {
        found = packages[directory] = parsePackage(directory + '/package.json');
    }
    return found;
}

function parsePackage(path) {
    var data;
    try {
        data = JSON.parse(files.read(path));
    } catch (error) {
        throw builtin('report').badPackage(error, path);
    }
    return data !== null && typeof data === 'object' ? data : {};
}

// The package a file belongs to, as { directory, data }; undefined for none.
function packageOf(path) {
    var directory = files.scope(path);
    return directory === undefined ? undefined :
        { directory: directory, data: packageAt(directory) };
}

// 'json', 'addon', 'commonjs', 'module', or undefined when only the code itself can tell.
function formatOf(path) {
    var ending = /\.[^.\/]*$/.exec(path.slice(path.lastIndexOf('/') + 2));
    switch (ending === null ? '' : ending[0]) {
    case '.json':
        return 'json';
    case '.mjs':
        return 'module';
    case '.cjs':
        return 'commonjs';
    case '.node':
        return 'addon';
    case '.js':
        var found = packageOf(path);
        var type = found === undefined ? undefined : found.data.type;
        return type === 'module' || type === 'commonjs' ? type : undefined;
    default:
        return undefined;
    }
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

// Where packages are looked for; worked out when somebody asks.
Object.defineProperty(Module.prototype, 'paths', {
    configurable: true,
    get: function () {
        return (this.paths = builtin('resolve').lookupPaths(this.path));
    },
    set: function (paths) {
        Object.defineProperty(this, 'paths',
            { value: paths, writable: true, enumerable: true, configurable: true });
    }
});

function requireOf(module) {
    function require(request) {
        return load(request, module);
    }
    require.resolve = function resolveRequest(request, options) {
        return options === undefined ? resolve(request, module) :
            builtin('resolve').from(request, options, module);
    };
    require.resolve.paths = function paths(request) {
        return builtin('resolve').pathsFor(request, module);
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

function run(module, compiled) {
    compiled.call(module.exports, module.exports, requireOf(module), module, module.filename,
        module.path);
    module.loaded = true;
}

function execute(module, source) {
    run(module, compile(module.filename, source));
}

// A file whose name and package leave open what it is: CommonJS, unless only ES modules are written
// like this.
function executeOpen(module, source) {
    var text = prepare(source);
    var compiled;
    try {
        compiled = files.compile(text, module.filename);
    } catch (error) {
        if (builtin('esm').claims(error, text)) {
            return requireModule(module, text);
        }
        throw builtin('report').badSyntax(error, module.filename, text);
    }
    run(module, compiled);
}

function requireModule(module, text) {
    if (module === main) {
        main = undefined;
    }
    builtin('esm').requireModule(module, text);
}

function load(request, parent) {
    var path = resolve(request, parent);
    var name = publicName(path);
    if (name !== undefined) {
        return builtin(name.replace('/', '_'));
    }
    if (cache[path]) {
        return cache[path].exports;
    }
    return loadFile(new Module(path, path, parent)).exports;
}

function loadAs(format, module) {
    switch (format) {
    case 'json':
        module.exports = parseJson(module.filename);
        module.loaded = true;
        break;
    case 'addon':
        throw builtin('report').addon(module.filename);
    case 'module':
        requireModule(module);
        break;
    case 'commonjs':
        execute(module, files.read(module.filename));
        break;
    default:
        executeOpen(module, files.read(module.filename));
    }
}

function loadFile(module) {
    var path = module.filename;
    cache[path] = module;
    var isDone = false;
    try {
        loadAs(formatOf(path), module);
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
exports.isLoaded = function (name) { return hasOwn.call(builtins, name); };
exports.publicName = publicName;
exports.builtinNames = BUILT_IN;
exports.absolute = absolute;
exports.directoryOf = directoryOf;
exports.findFile = findFile;
exports.isRelative = isRelative;
exports.resolve = resolve;
exports.packageAt = packageAt;
exports.packageOf = packageOf;
exports.formatOf = formatOf;
exports.prepare = prepare;
exports.parseJson = parseJson;
exports.Module = Module;
exports.requireOf = requireOf;
exports.compile = compile;
exports.execute = execute;
exports.run = run;
exports.load = load;
exports.cache = cache;
builtins.loader = { exports: exports };

function find(path) {
    var start = { directory: native('process').cwd(), filename: null, parent: null };
    exports.script = absolute(start.directory, path); // for process.argv
    return resolve(isRelative(path) ? path : './' + path, start);
}

exports.runFile = function (path) {
    if (/^data:/i.test(path)) {
        return builtin('esm').runMain(path);
    }
    main = new Module('.', find(path), null);
    loadFile(main);
};

exports.runUrl = function (url) {
    builtin('esm').runMain(url);
};

exports.checkFile = function (path) {
    var found = find(path);
    var format = formatOf(found);
    if (format === 'json') {
        parseJson(found);
    } else {
        builtin('check').source(found, files.read(found), format);
    }
};

exports.runCode = function (source) {
    main = root('[eval]');
    main.filename = '[eval]';
    executeOpen(main, source);
};

exports.preload = function (path) {
    load(path, root('[preload]'));
};
