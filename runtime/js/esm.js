// ES modules: loading a graph of them, linking, evaluating in order, import(). Loaded on first need.
//
// A record is one module, whatever it is written in: { url, path, kind, state, namespace, ... }, kept
// by URL. Loading is synchronous: files are local. Evaluation follows the specification's algorithm
// (cycles as strongly connected components, top-level await included), so names are much like those
// there. A record of kind 'module' has run(), its lowered body, which is called with a $module:
//
//   ns[i]                     namespace of the i-th imported module
//   define(name, getter)      an export; star(i): all exports of the i-th, too
//   begin()                   all exports are defined: the body's first statement follows
//   dynamic(x, options)       import()
//   meta                      import.meta
//
// The body runs up to begin() when modules are linked, so that exports exist before anything is
// evaluated, whatever the order: it is a coroutine that waits there.
'use strict';

const errors = require('errors');
const fileurl = require('fileurl');
const importing = require('importing');
const loader = require('loader');
const report = require('report');
const files = native('module');
const Thread = Duktape.Thread;
const hasOwn = Object.prototype.hasOwnProperty;

const records = Object.create(null); // URL and type -> record
var asyncOrder = 0;

// ---- namespaces ---------------------------------------------------------------------------------

function makeNamespace() {
    var namespace = Object.create(null);
    Object.defineProperty(namespace, Symbol.toStringTag, { value: 'Module' });
    return namespace;
}

function put(namespace, name, getter) {
    Object.defineProperty(namespace, name, { get: getter, enumerable: true });
}

// The function that reads what a module exports under a name: undefined for nothing, null when two
// modules it takes everything from mean different things by it.
function findExport(record, name, seen) {
    if (record.kind !== 'module') {
        return namesOf(record).indexOf(name) < 0 ? undefined :
            function () { return record.namespace[name]; };
    }
    if (hasOwn.call(record.exports, name)) {
        return record.exports[name];
    }
    if (name === 'default' || seen.indexOf(record) >= 0) {
        return undefined;
    }
    seen.push(record);
    return record.stars.reduce(function (found, i) {
        var other = found === null ? null : findExport(record.requests[i], name, seen);
        return found === undefined || other === undefined || other === found ? found || other : null;
    }, undefined);
}

// All names a module exports, its own and those of `export *`.
function namesOf(record, seen) {
    if (record.kind !== 'module') {
        return Object.keys(record.namespace);
    }
    seen = seen || [];
    if (seen.indexOf(record) >= 0) {
        return [];
    }
    seen.push(record);
    var names = Object.keys(record.exports);
    record.stars.forEach(function (i) {
        namesOf(record.requests[i], seen).forEach(function (name) {
            if (name !== 'default' && names.indexOf(name) < 0) {
                names.push(name);
            }
        });
    });
    return names;
}

// In the order of the names: what was there is put anew when more became known.
function fillNamespace(record) {
    var namespace = record.namespace;
    var isFinal = !isOpen(record, []);
    Object.keys(namespace).forEach(function (name) { delete namespace[name]; });
    namesOf(record).sort().forEach(function (name) {
        var getter = findExport(record, name, []);
        if (getter) {
            Object.defineProperty(namespace, name,
                { get: getter, enumerable: true, configurable: !isFinal });
        }
    });
    if (isFinal) {
        Object.preventExtensions(namespace);
    }
}

// Whether what CommonJS exports, which shows when it has run, belongs to a module's exports.
function isOpen(record, seen) {
    if (record.kind !== 'module' || seen.indexOf(record) >= 0) {
        return record.kind === 'commonjs' && record.state !== 'evaluated';
    }
    seen.push(record);
    return record.stars.some(function (i) { return isOpen(record.requests[i], seen); });
}

// A value that is no ES module, seen as one: its default and, of an object, its properties.
function publish(record, value) {
    var names = value !== null && /^(object|function)$/.test(typeof value) && record.kind !== 'json' ?
        Object.keys(value) : [];
    if (record.kind === 'commonjs' && names.indexOf('__esModule') < 0 && value &&
        hasOwn.call(Object(value), '__esModule')) {
        names.push('__esModule');
    }
    names = names.filter(function (name) { return name !== 'default'; }).concat('default').sort();
    names.forEach(function (name) {
        var kept, isRead = name === 'default';
        kept = value;
        put(record.namespace, name, function () {
            if (!isRead) {
                kept = value[name];
                isRead = true;
            }
            return kept;
        });
    });
    Object.preventExtensions(record.namespace);
}

// ---- loading ------------------------------------------------------------------------------------

function makeRecord(kind, found) {
    return { url: found.url, path: found.path, kind: kind, state: 'loaded', error: undefined,
        namespace: makeNamespace(), exports: Object.create(null), stars: [], requests: [],
        imports: [], isAsync: false, run: undefined, thread: undefined,
        isEnded: false, index: 0, ancestor: 0, cycleRoot: undefined, order: 0, pending: 0, parents: [],
        promise: undefined, resolve: undefined, reject: undefined };
}

// Compiles the text of an ES module; what it imports is not loaded yet.
function parse(record, text) {
    var compiled;
    try {
        compiled = files.module(text, record.url);
    } catch (error) {
        throw report.badSyntax(error, record.url, text);
    }
    record.run = compiled.run;
    record.isAsync = compiled.isAsync;
    record.imports = compiled.imports;
    record.text = text;
}

// A file without a type is CommonJS unless its syntax says otherwise; then its kind is changed.
function readOpen(record) {
    var text = loader.prepare(files.read(record.path));
    var failure;
    try {
        record.compiled = files.compile(text, record.path);
        return;
    } catch (error) {
        failure = error;
    }
    if (!exports.claims(failure, text, record)) {
        throw report.badSyntax(failure, record.path, text);
    }
}

function read(record, found) {
    switch (record.kind) {
    case 'module':
        parse(record, loader.prepare(found.text === undefined ? files.read(found.path) : found.text));
        break;
    case 'json':
        record.value = found.text === undefined ? loader.parseJson(found.path) :
            JSON.parse(found.text);
        break;
    case 'open':
        record.kind = 'commonjs';
        if (!loader.cache[found.path]) {
            readOpen(record);
        }
    }
}

function loadRecord(found, attributes) {
    var type = importing.checkType(found, attributes);
    var key = found.url + (type === 'json' ? ' json' : '');
    var record = records[key];
    if (record === undefined) {
        record = records[key] = makeRecord(found.kind, found);
        try {
            read(record, found);
            loadRequests(record);
        } catch (error) {
            delete records[key];
            throw error;
        }
    }
    return record;
}

function loadRequests(record) {
    record.requests = record.imports.map(function (request) {
        return loadRecord(importing.resolve(request.specifier, record.url), request.attributes);
    });
}

// ---- linking ------------------------------------------------------------------------------------

function moduleOf(record) {
    var $module = {
        ns: record.requests.map(function (request) { return request.namespace; }),
        define: function (name, getter) { record.exports[name] = getter; },
        star: function (i) { record.stars.push(i); },
        begin: function () {
            Thread.yield();
        },
        dynamic: function (specifier, options) {
            return exports.dynamic(specifier, options, record.url);
        },
        get meta() {
            return record.meta || (record.meta = importing.makeMeta(record));
        }
    };
    return $module;
}

// Runs the body up to its begin(); what it imports has namespaces by then.
function startBody(record) {
    var run = record.run;
    var $module = moduleOf(record);
    record.run = undefined;
    record.thread = new Thread(function () {
        try {
            run($module);
        } finally {
            record.isEnded = true;
        }
    });
    Thread.resume(record.thread);
}

function link(record) {
    var fresh = [];
    (function visit(record) {
        if (record.state !== 'loaded') {
            return;
        }
        record.state = 'linking';
        record.requests.forEach(visit);
        if (record.kind === 'module') {
            fresh.push(record);
            return;
        }
        record.state = 'linked';
        if (record.kind !== 'commonjs') {
            evaluateOther(record);
        }
    }(record));
    fresh.forEach(startBody);
    fresh.forEach(fillNamespace);
    try {
        fresh.forEach(checkImports);
    } catch (error) {
        fresh.forEach(function (record) {
            record.state = 'evaluated';
            record.error = { value: error };
        });
        throw error;
    }
    fresh.forEach(function (record) { record.state = 'linked'; });
}

// Every name a module imports is exported.
function checkImports(record) {
    record.imports.forEach(function (request, i) {
        if (!isOpen(record.requests[i], [])) {
            checkNames(record, request, record.requests[i]);
        }
    });
}

function checkNames(record, request, from) {
    (request.names || []).forEach(function (name) {
        var found = from.kind === 'module' ? findExport(from, name.name, []) :
            hasOwn.call(from.namespace, name.name) || undefined;
        if (found === undefined || found === null) {
            throw report.missingExport(record, request, name, from.kind, found === null);
        }
    });
}

// ---- evaluation ---------------------------------------------------------------------------------

function runCommonjs(record) {
    var module = loader.cache[record.path];
    if (module === undefined) {
        module = new loader.Module(record.path, record.path, undefined);
        loader.cache[record.path] = module;
        var isDone = false;
        try {
            if (record.compiled) {
                loader.run(module, record.compiled);
            } else {
                loader.execute(module, files.read(record.path));
            }
            isDone = true;
        } finally {
            record.compiled = undefined;
            if (!isDone) {
                delete loader.cache[record.path];
            }
        }
    }
    return module.exports;
}

// What is no ES module.
function evaluateOther(record) {
    if (record.error) {
        throw record.error.value;
    }
    if (record.state === 'evaluated' || record.state === 'evaluating') {
        return;
    }
    record.state = 'evaluating';
    try {
        publish(record, record.kind === 'json' ? record.value :
            record.kind === 'builtin' ? loader.builtin(record.path.replace('/', '_')) : runCommonjs(record));
    } catch (error) {
        record.error = { value: error };
        throw error;
    } finally {
        record.state = 'evaluated';
    }
}

// The rest of a body without await.
function execute(record) {
    checkLate(record);
    var thread = record.thread;
    record.thread = undefined;
    Thread.resume(thread);
}

// What could not be known when modules were linked.
function checkLate(record) {
    if (Object.isExtensible(record.namespace)) {
        fillNamespace(record);
    }
    checkImports(record);
}

// The rest of a body with await, as an async function: what its coroutine yields is handed on, and
// what comes back for that.
function executeAsync(record) {
    var thread = record.thread;
    record.thread = undefined;
    $lowered.async(function () {
        checkLate(record);
        var out = Thread.resume(thread);
        while (!record.isEnded) {
            var answer, isThrown = false;
            try {
                answer = Thread.yield(out);
            } catch (error) {
                answer = error;
                isThrown = true;
            }
            out = Thread.resume(thread, answer, isThrown);
        }
    }).then(function () {
        asyncFulfilled(record);
    }, function (error) {
        asyncRejected(record, error);
    });
}

function settle(record) {
    record.state = 'evaluated';
    record.order = 0;
    if (record.resolve) {
        record.resolve();
    }
}

function gather(record, list) {
    record.parents.forEach(function (parent) {
        if (list.indexOf(parent) < 0 && !(parent.cycleRoot && parent.cycleRoot.error)) {
            parent.pending--;
            if (parent.pending === 0) {
                list.push(parent);
                if (!parent.isAsync) {
                    gather(parent, list);
                }
            }
        }
    });
    return list;
}

function asyncFulfilled(record) {
    if (record.state === 'evaluated') {
        return;
    }
    settle(record);
    gather(record, []).sort(function (a, b) { return a.order - b.order; }).forEach(function (next) {
        if (next.state === 'evaluated') {
            return;
        }
        if (next.isAsync) {
            executeAsync(next);
            return;
        }
        try {
            execute(next);
        } catch (error) {
            asyncRejected(next, error);
            return;
        }
        settle(next);
    });
}

function asyncRejected(record, error) {
    if (record.state === 'evaluated') {
        return;
    }
    record.state = 'evaluated';
    record.error = { value: error };
    record.parents.forEach(function (parent) { asyncRejected(parent, error); });
    if (record.reject) {
        record.reject(error);
    }
}

function evaluateRequest(record, request, stack, index) {
    index = evaluateInner(request, stack, index);
    if (request.kind !== 'module') {
        return index;
    }
    if (request.state === 'evaluating') {
        record.ancestor = Math.min(record.ancestor, request.ancestor);
    } else {
        request = request.cycleRoot || request;
        if (request.error) {
            throw request.error.value;
        }
    }
    if (request.order > 0) {
        record.pending++;
        request.parents.push(record);
    }
    return index;
}

// Evaluates a record after what it imports; `index` counts the records in the order of their visit.
function evaluateInner(record, stack, index) {
    if (record.kind !== 'module') {
        evaluateOther(record);
        return index;
    }
    if (record.error) {
        throw record.error.value;
    }
    if (record.state !== 'linked') {
        return index;
    }
    record.state = 'evaluating';
    record.index = record.ancestor = index++;
    stack.push(record);
    record.requests.forEach(function (request) {
        index = evaluateRequest(record, request, stack, index);
    });
    if (record.pending > 0 || record.isAsync) {
        record.order = ++asyncOrder;
        if (record.pending === 0) {
            executeAsync(record);
        }
    } else {
        execute(record);
    }
    if (record.ancestor === record.index) {
        endCycle(record, stack);
    }
    return index;
}

function endCycle(root, stack) {
    var record;
    do {
        record = stack.pop();
        record.cycleRoot = root;
        record.state = record.order > 0 ? 'evaluating-async' : 'evaluated';
    } while (record !== root);
}

// Evaluates a linked graph: undefined when that is done, else a promise. Throws the module's error,
// the same one each time.
function evaluate(record) {
    var stack = [];
    if (record.kind === 'module' && record.cycleRoot) {
        record = record.cycleRoot;
    }
    if (record.promise && record.state !== 'evaluated') {
        return record.promise;
    }
    try {
        evaluateInner(record, stack, 0);
    } catch (error) {
        stack.forEach(function (record) {
            record.state = 'evaluated';
            record.error = { value: error };
        });
        throw error;
    }
    if (record.order > 0) {
        record.promise = new Promise(function (resolve, reject) {
            record.resolve = resolve;
            record.reject = reject;
        });
        return record.promise;
    }
    return undefined;
}

// ---- what the loader and scripts ask for --------------------------------------------------------

function loadLinked(found, attributes) {
    var record = loadRecord(found, attributes);
    link(record);
    return record;
}

// Whether an open file that does not compile as CommonJS is an ES module: then `record`, if given,
// becomes one.
exports.claims = function (error, text, record) {
    if (!(error instanceof SyntaxError) || !/\b(?:import|export|await)\b/.test(text)) {
        return false;
    }
    var target = record || makeRecord('module', { url: 'file:///', path: '/' });
    try {
        parse(target, text);
    } catch (failure) {
        return /^'import' and 'export'/.test(error.message);
    }
    target.kind = 'module';
    return true;
};

function later(callback, record) {
    if (record.isQuick) {
        require('ticks').queueMicrotask(callback);
    } else {
        require('timers').setImmediate(callback);
    }
}

function dynamicNow(specifier, attributes, base, resolve, reject) {
    try {
        var record = loadLinked(importing.resolve(specifier, base), attributes);
        var promise = evaluate(record);
        if (promise) {
            promise.then(function () { resolve(record.namespace); }, reject);
        } else {
            resolve(record.namespace);
        }
    } catch (error) {
        reject(error);
    }
}

// import(specifier, options) in the code of `referrer`, a URL, a path or a name like "[eval]".
exports.dynamic = function (specifier, options, referrer) {
    return new Promise(function (resolve, reject) {
        var text = String(specifier);
        var attributes = importing.attributesOf(options);
        var isQuick = loader.publicName(text) !== undefined;
        later(function () {
            dynamicNow(text, attributes, importing.baseOf(referrer), resolve, reject);
        }, { isQuick: isQuick });
    });
};

function hasAwait(record, seen) {
    if (seen.indexOf(record) >= 0) {
        return false;
    }
    seen.push(record);
    return (record.isAsync && record.state !== 'evaluated') ||
        record.requests.some(function (request) { return hasAwait(request, seen); });
}

// What require() gives for an ES module: the namespace; with a default export, one that says so.
function required(record) {
    var namespace = record.namespace;
    if (hasOwn.call(namespace, 'module.exports')) {
        return namespace['module.exports'];
    }
    if (!hasOwn.call(namespace, 'default') || hasOwn.call(namespace, '__esModule')) {
        return namespace;
    }
    if (record.required === undefined) {
        record.required = makeNamespace();
        Object.keys(namespace).concat('__esModule').sort().forEach(function (name) {
            put(record.required, name, name === '__esModule' ? function () { return true; } :
                function () { return namespace[name]; });
        });
        Object.preventExtensions(record.required);
    }
    return record.required;
}

// require() of a file that is an ES module.
exports.requireModule = function (module, text) {
    if (module.parent === null) { // the program itself
        exports.runMain(importing.baseOf(module.filename),
            module.filename[0] === '/' ? undefined : text);
        return;
    }
    var found = importing.found(module.filename);
    found.kind = 'module';
    var record = loadRecord(found);
    if (record.state === 'evaluating') {
        throw errors.coded(Error, 'ERR_REQUIRE_CYCLE_MODULE', 'Cannot require() ES Module ' +
            module.filename + ' in a cycle.');
    }
    if (hasAwait(record, [])) {
        throw errors.coded(Error, 'ERR_REQUIRE_ASYNC_MODULE', 'require() cannot be used on an ESM ' +
            'graph with top-level await. Use import() instead. To see where the top-level await ' +
            'comes from, use --experimental-print-required-tla.\n  From ' +
            (module.parent ? module.parent.filename : '') + ' \n  Requiring ' + module.filename + ' ');
    }
    link(record);
    evaluate(record);
    module.exports = required(record);
    module.loaded = true;
};

// ---- the entry of a program ---------------------------------------------------------------------

// A program whose first module never got past its await ends with 13 and says so.
function watchMain(promise, record) {
    var isOver = false;
    function onBeforeExit() {
        isOver = true;
    }
    function onExit(code) {
        if (isOver && code === 0) {
            process.exitCode = 13;
            process.stderr.write('Warning: Detected unsettled top-level await at ' + record.url + '\n');
        }
    }
    function forget() {
        process.removeListener('beforeExit', onBeforeExit);
        process.removeListener('exit', onExit);
    }
    process.on('beforeExit', onBeforeExit);
    process.on('exit', onExit);
    promise.then(forget, function (error) {
        forget();
        throwLater(error, 1);
    });
}

// The error of the program itself is told some microtasks later, as through Node's own promises.
function throwLater(error, hops) {
    require('ticks').queueMicrotask(function () {
        if (hops === 0) {
            throw error;
        }
        throwLater(error, hops - 1);
    });
}

function runNow(url, text) {
    var found = text === undefined ? importing.finish(url, undefined) :
        { url: url, path: fileurl.pathOf(url), kind: 'module', text: text };
    found.kind = found.kind === 'open' ? 'module' : found.kind;
    var record = loadLinked(found);
    var promise = evaluate(record);
    if (promise) {
        watchMain(promise, record);
    }
}

// Runs an ES module as the program: `text` is its source when it is not a file's.
exports.runMain = function (url, text) {
    require('ticks').queueMicrotask(function () {
        try {
            runNow(url, text);
        } catch (error) {
            throwLater(error, 2);
        }
    });
};
