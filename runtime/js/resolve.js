// Node's resolution beyond a plain path: directories, node_modules, "exports" and "imports" of
// package.json. Paths in, paths out; esm.js makes URLs of them. Loaded when something is asked for
// that loader.js can't find by itself. A request is resolved either as require() does (conditions of
// REQUIRE) or as import does (conditions of IMPORT), which differ in little but their errors.
'use strict';

const errors = require('errors');
const loader = require('loader');
const report = require('report');
const files = native('module');
const hasOwn = Object.prototype.hasOwnProperty;

const REQUIRE = ['node', 'require', 'module-sync', 'node-addons'];
const IMPORT = ['node', 'import', 'module-sync', 'node-addons'];
const NAME = /^(@[^\/\\%]+\/[^\/\\%]+|[^@.\/\\%][^\/\\%]*)(\/.*)?$/;
// What no target may contain: parts that climb, are empty, or enter another package.
const BAD_PARTS = /(^|\/|\\|%2f|%5c)((\.|%2e){1,2}|n(o|%6f)de_modules)?(\/|\\|%2f|%5c|$)/i;

// ---- directories --------------------------------------------------------------------------------

function packageIn(directory) {
    return files.stat(directory + '/package.json') === 0 ? loader.packageAt(directory) : undefined;
}

// The file that stands for a directory. `request` is for the error.
function findDirectory(path, request) {
    if (files.stat(path) !== 1) {
        return undefined;
    }
    var data = packageIn(path);
    var entry = data && typeof data.main === 'string' && data.main !== '' ? data.main : undefined;
    var named = entry === undefined ? undefined : loader.absolute(path, entry);
    var found = (named && (loader.findFile(named) || loader.findFile(named + '/index'))) ||
        loader.findFile(path + '/index');
    if (found === undefined && named !== undefined) {
        throw report.badMain(named, path, request);
    }
    return found;
}

exports.directory = function (path, request, parent) {
    var found = findDirectory(path, request);
    if (found === undefined) {
        throw report.notFound(request, parent);
    }
    return files.realpath(found);
};

// ---- errors -------------------------------------------------------------------------------------

function importedFrom(base) {
    return base ? ' imported from ' + base : '';
}

function badSpecifier(request, reason, base) {
    return errors.coded(TypeError, 'ERR_INVALID_MODULE_SPECIFIER',
        'Invalid module "' + request + '" ' + reason + importedFrom(base));
}

function notExported(directory, subpath, base) {
    return errors.coded(Error, 'ERR_PACKAGE_PATH_NOT_EXPORTED', (subpath === '.' ?
        'No "exports" main defined in ' :
        "Package subpath '" + subpath + '\' is not defined by "exports" in ') +
        directory + '/package.json' + importedFrom(base));
}

function notImported(request, directory, base) {
    return errors.coded(TypeError, 'ERR_PACKAGE_IMPORT_NOT_DEFINED',
        'Package import specifier "' + request + '" is not defined' +
        (directory === undefined ? '' : ' in package ' + directory + '/package.json') +
        importedFrom(base));
}

function badTarget(use, target) {
    var text = target !== null && typeof target === 'object' ?
        JSON.stringify(target, null, '') : '' + target;
    var isMain = use.key === '.' && !use.isImports;
    var mustBeRelative = typeof target !== 'string' ? !use.isImports :
        !use.isImports && target.length > 0 && target.slice(0, 2) !== './';
    return errors.coded(Error, 'ERR_INVALID_PACKAGE_TARGET', (isMain ?
        'Invalid "exports" main target ' + JSON.stringify(text) + ' defined in the package config ' :
        'Invalid "' + (use.isImports ? 'imports' : 'exports') + '" target ' + JSON.stringify(text) +
        " defined for '" + use.key + "' in the package config ") +
        use.directory + '/package.json' + importedFrom(use.base) +
        (mustBeRelative ? '; targets must start with "./"' : ''));
}

function badConfig(directory, base, message) {
    return errors.coded(Error, 'ERR_INVALID_PACKAGE_CONFIG', 'Invalid package config ' + directory +
        '/package.json' + (base ? ' while importing ' + base : '') + '. ' + message);
}

// ---- targets ------------------------------------------------------------------------------------
// A `use` says what a target is looked up for: { directory, key, match, isImports, base, conditions }.
// The answer is a path, null for "forbidden", undefined for "none of the conditions".

function targetOfText(target, use) {
    if (target.slice(0, 2) !== './') {
        if (!use.isImports || /^(\.\.\/|\/)/.test(target) || /^[a-z][a-z0-9+.-]*:\/\//i.test(target)) {
            throw badTarget(use, target);
        }
        var request = use.match === undefined ? target : target.split('*').join(use.match);
        return { request: request, directory: use.directory };
    }
    if (BAD_PARTS.test(target.slice(2))) {
        throw badTarget(use, target);
    }
    if (use.match !== undefined && BAD_PARTS.test(use.match)) {
        throw badSpecifier(use.key.split('*').join(use.match),
            'request is not a valid match in pattern "' + use.key + '" for the "' +
            (use.isImports ? 'imports' : 'exports') + '" resolution of ' + use.directory +
            '/package.json', use.base);
    }
    return loader.absolute(use.directory,
        './' + (use.match === undefined ? target : target.split('*').join(use.match)));
}

function targetOfList(list, use) {
    var failure = null;
    for (var i = 0; i < list.length; i++) {
        try {
            var found = targetOf(list[i], use);
            if (found !== undefined && found !== null) {
                return found;
            }
            failure = found === null ? null : failure;
        } catch (error) {
            if (error.code !== 'ERR_INVALID_PACKAGE_TARGET') {
                throw error;
            }
            failure = error;
        }
    }
    if (failure !== null) {
        throw failure;
    }
    return list.length === 0 ? null : failure;
}

function targetOfConditions(object, use) {
    var names = Object.keys(object);
    if (names.some(function (name) { return String(name >>> 0) === name; })) {
        throw badConfig(use.directory, use.base, '"exports" cannot contain numeric property keys.');
    }
    for (var i = 0; i < names.length; i++) {
        if (names[i] === 'default' || use.conditions.indexOf(names[i]) >= 0) {
            var found = targetOf(object[names[i]], use);
            if (found !== undefined) {
                return found;
            }
        }
    }
    return undefined;
}

function targetOf(target, use) {
    if (typeof target === 'string') {
        return targetOfText(target, use);
    }
    if (Array.isArray(target)) {
        return targetOfList(target, use);
    }
    if (target === null) {
        return null;
    }
    if (typeof target === 'object') {
        return targetOfConditions(target, use);
    }
    throw badTarget(use, target);
}

// The more of it is fixed, the sooner a pattern is tried.
function isBetter(key, than) {
    var fixed = key.indexOf('*');
    var other = than.indexOf('*');
    return fixed !== other ? fixed > other : key.length > than.length;
}

// The pattern of `table` that matches, with what its star stands for.
function findPattern(name, table) {
    var best, match;
    Object.keys(table).forEach(function (key) {
        var star = key.indexOf('*');
        var end = key.slice(star + 1);
        if (star < 0 || key.lastIndexOf('*') !== star || name.length < key.length ||
            name.slice(0, star) !== key.slice(0, star) || name === key.slice(0, star) ||
            name.slice(name.length - end.length) !== end) {
            return;
        }
        if (best === undefined || isBetter(key, best)) {
            best = key;
            match = name.slice(star, name.length - end.length);
        }
    });
    return best === undefined ? undefined : { key: best, match: match };
}

// What `table` has for `name`: as targetOf.
function lookUp(name, table, use) {
    if (hasOwn.call(table, name) && name.indexOf('*') < 0 && name[name.length - 1] !== '/') {
        use.key = name;
        return targetOf(table[name], use);
    }
    var found = findPattern(name, table);
    if (found === undefined) {
        return undefined;
    }
    use.key = found.key;
    use.match = found.match;
    return targetOf(table[found.key], use);
}

// ---- packages -----------------------------------------------------------------------------------

// "exports" as a table of subpaths: a single target is that of ".".
function tableOf(value, directory, base) {
    if (typeof value === 'string' || Array.isArray(value)) {
        return { '.': value };
    }
    if (value === null || typeof value !== 'object') {
        return {};
    }
    var names = Object.keys(value);
    var paths = names.filter(function (name) { return name[0] === '.'; });
    if (paths.length > 0 && paths.length < names.length) {
        throw badConfig(directory, base && 'file://' + encodeURI(base), '"exports" cannot contain ' +
            "some keys starting with '.' and some not. The exports object must either be an object " +
            'of package subpath keys or an object of main entry condition name keys only.');
    }
    return paths.length > 0 || names.length === 0 ? value : { '.': value };
}

// The file for `subpath` ('.', './x') of the package in `directory`, which has "exports".
function fromExports(directory, data, subpath, base, conditions) {
    var use = { directory: directory, isImports: false, base: base, conditions: conditions };
    var found = lookUp(subpath, tableOf(data.exports, directory, base), use);
    if (found === undefined || found === null) {
        throw notExported(directory, subpath, base);
    }
    return found;
}

function hasExports(data) {
    return data !== undefined && data.exports !== undefined && data.exports !== null;
}

// '#name' by the "imports" of the package `path` belongs to: a path, or { request, directory }.
function fromImports(request, path, conditions) {
    if (request === '#' || request.slice(0, 2) === '#/' || request[request.length - 1] === '/') {
        throw badSpecifier(request, 'is not a valid internal imports specifier name', path);
    }
    var own = loader.packageOf(path);
    var table = own && own.data.imports;
    var found;
    if (table !== null && typeof table === 'object') {
        found = lookUp(request, table, { directory: own.directory, isImports: true, base: path,
            conditions: conditions });
    }
    if (found === undefined || found === null) {
        throw notImported(request, own && own.directory, path);
    }
    return found;
}

// A package that asks for itself by its name; undefined when it doesn't.
function fromSelf(name, subpath, path, conditions) {
    var own = path ? loader.packageOf(path) : undefined;
    return own !== undefined && own.data.name === name && hasExports(own.data) ?
        fromExports(own.directory, own.data, subpath, path, conditions) : undefined;
}

function split(request) {
    var parts = NAME.exec(request);
    return parts === null ? undefined : { name: parts[1], subpath: '.' + (parts[2] || '') };
}

// ---- require ------------------------------------------------------------------------------------

function lookupPaths(directory) {
    var paths = [];
    for (var at = directory; ; at = loader.directoryOf(at)) {
        if (!/(^|\/)node_modules$/.test(at)) {
            paths.push((at === '/' ? '' : at) + '/node_modules');
        }
        if (at === '/') {
            return paths;
        }
    }
}

// Where require() looks besides: NODE_PATH, and old places below the home directory.
function globalPaths() {
    var variables = process.env;
    var paths = variables.HOME ?
        [variables.HOME + '/.node_modules', variables.HOME + '/.node_libraries'] : [];
    var named = (variables.NODE_PATH || '').split(':').filter(Boolean);
    return named.concat(paths);
}

// As require() finds `request` below one of `paths`.
function findBelow(request, paths) {
    var parts = split(request);
    for (var i = 0; i < paths.length; i++) {
        if (files.stat(paths[i]) !== 1) {
            continue;
        }
        var data = parts && packageIn(paths[i] + '/' + parts.name);
        if (hasExports(data)) {
            var directory = paths[i] + '/' + parts.name;
            return exists(fromExports(directory, data, parts.subpath, undefined, REQUIRE));
        }
        var path = loader.absolute(paths[i], request);
        var found = (request[request.length - 1] === '/' ? undefined : loader.findFile(path)) ||
            findDirectory(path, request);
        if (found !== undefined) {
            return found;
        }
    }
    return undefined;
}

// What "exports" and "imports" name is a file, with no ending to be added.
function exists(path) {
    if (files.stat(path) !== 0) {
        var error = new Error("Cannot find module '" + path + "'");
        error.code = 'MODULE_NOT_FOUND';
        error.path = path;
        throw error;
    }
    return path;
}

function requireImports(request, filename) {
    var found = fromImports(request, filename, REQUIRE);
    if (typeof found === 'string') {
        return files.realpath(exists(found));
    }
    if (loader.publicName(found.request) !== undefined) {
        throw errors.coded(TypeError, 'ERR_INVALID_URL_SCHEME', 'The URL must be of scheme file');
    }
    return exports.bare(found.request, { directory: found.directory, filename: filename });
}

// The file require() loads for a name in a module, `parent`, with its `directory` and `filename`.
exports.bare = function (request, parent) {
    if (request[0] === '#' && parent.filename) {
        return requireImports(request, parent.filename);
    }
    var parts = split(request);
    var found = parts && fromSelf(parts.name, parts.subpath, parent.filename, REQUIRE);
    if (found !== undefined) {
        return files.realpath(exists(found));
    }
    found = findBelow(request, (parent.paths || lookupPaths(parent.directory)).concat(globalPaths()));
    if (found === undefined) {
        throw report.notFound(request, parent);
    }
    return files.realpath(found);
};

// require.resolve(request, { paths })
exports.from = function (request, options, parent) {
    var paths = options === null || typeof options !== 'object' ? undefined : options.paths;
    if (paths === undefined) {
        return loader.resolve(request, parent);
    }
    if (!Array.isArray(paths)) {
        throw errors.coded(TypeError, 'ERR_INVALID_ARG_VALUE', 'The property \'options.paths\' ' +
            'is invalid. Received ' + require('inspect').inspect(paths));
    }
    for (var i = 0; i < paths.length; i++) {
        var directory = loader.absolute(native('process').cwd(), paths[i]);
        var start = { directory: directory, filename: null, parent: parent };
        try {
            return loader.resolve(request, start);
        } catch (error) {
            if (error.code !== 'MODULE_NOT_FOUND' || error.requireStack === undefined) {
                throw error;
            }
        }
    }
    throw report.notFound(request, parent);
};

// require.resolve.paths(request)
exports.pathsFor = function (request, parent) {
    errors.requireString(request, 'request');
    if (loader.publicName(request) !== undefined) {
        return null;
    }
    return /^\.{1,2}(\/|$)/.test(request) ? [parent.directory] :
        lookupPaths(parent.directory).concat(globalPaths());
};

// ---- import -------------------------------------------------------------------------------------

function packageNotFound(name, base) {
    return errors.coded(Error, 'ERR_MODULE_NOT_FOUND',
        "Cannot find package '" + name + "'" + importedFrom(base));
}

// The entry of a package without "exports", as import finds it.
function mainOf(directory, data, base) {
    var main = data && typeof data.main === 'string' && data.main !== '' ? data.main : undefined;
    var tries = main === undefined ? [] : ['', '.js', '.json', '.node', '/index.js', '/index.json',
        '/index.node'].map(function (ending) { return loader.absolute(directory, main + ending); });
    tries = tries.concat(['index.js', 'index.json', 'index.node'].map(function (name) {
        return directory + '/' + name;
    }));
    for (var i = 0; i < tries.length; i++) {
        if (files.stat(tries[i]) === 0) {
            return tries[i];
        }
    }
    throw packageNotFound(main === undefined ? directory + '/index.js' :
        loader.absolute(directory, main), base);
}

// The file import takes for a name: `path` is the importing file, its directory the first of `from`.
function importBare(request, path, directory) {
    var parts = split(request);
    if (parts === undefined) {
        throw badSpecifier(request, 'is not a valid package name', path);
    }
    var found = fromSelf(parts.name, parts.subpath, path, IMPORT);
    if (found !== undefined) {
        return found;
    }
    var paths = lookupPaths(directory);
    for (var i = 0; i < paths.length; i++) {
        var folder = paths[i] + '/' + parts.name;
        if (files.stat(folder) === 1) {
            var data = packageIn(folder);
            return hasExports(data) ? fromExports(folder, data, parts.subpath, path, IMPORT) :
                parts.subpath === '.' ? mainOf(folder, data, path) : folder + parts.subpath.slice(1);
        }
    }
    throw packageNotFound(parts.name, path);
}

function nameToPath(request, path) {
    var directory = loader.directoryOf(path);
    if (request[0] === '#') {
        var found = fromImports(request, path, IMPORT);
        if (typeof found === 'string' || loader.publicName(found.request) !== undefined) {
            return typeof found === 'string' ? found : found.request;
        }
        request = found.request;
        directory = found.directory;
    }
    return importBare(request, path, directory);
}

// What import takes for '#name' or a package's name: an absolute path, or a built-in's name.
exports.importName = function (request, path) {
    try {
        return nameToPath(request, path);
    } catch (error) {
        if (error instanceof SyntaxError && typeof error.path === 'string') {
            throw errors.coded(Error, 'ERR_INVALID_PACKAGE_CONFIG', 'Invalid package config ' +
                error.path + ' while importing "' + request + '" from ' + path + '. ' +
                error.message.slice(('Error parsing ' + error.path + ': ').length));
        }
        throw error;
    }
};

exports.lookupPaths = lookupPaths;
exports.badSpecifier = badSpecifier;
