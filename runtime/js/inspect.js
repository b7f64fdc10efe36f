// How values look in print: util.inspect(), with Node's layout. Loaded on the first object a script
// prints; console.js and util.js call it. One call is one `view`, the options and the state of the
// walk (objects being printed, cycles found, indentation). Colours are put around
// the pieces by paint(), and are not counted as width.
'use strict';

const preview = native('tasks').preview;
const proxyOf = native('kind').proxy;
const style = require('inspect_style');
const paint = style.paint;
const texts = require('inspect_texts');
const quote = texts.quote;
const escapeText = texts.escapeText;
const plural = texts.plural;
const formatNumber = texts.formatNumber;
const formatPrimitive = texts.formatPrimitive;
const hex = texts.hex;
const layout = require('inspect_lines');
const CUSTOM = Symbol.for('nodejs.util.inspect.custom');
const IDENTIFIER = /^[a-zA-Z_][a-zA-Z_0-9]*$/;
const INDEX = /^(0|[1-9][0-9]*)$/;
const LIST = layout.LIST;
const PLAIN = 0;
const NAMESPACE = 3; // of an ES module
const hasOwn = Object.prototype.hasOwnProperty;
const isEnumerable = Object.prototype.propertyIsEnumerable;

const defaults = {
    showHidden: false,
    depth: 2,
    colors: false,
    customInspect: true,
    showProxy: false,
    maxArrayLength: 100,
    maxStringLength: 10000,
    breakLength: 80,
    compact: 3,
    sorted: false,
    getters: false,
    numericSeparator: false
};

// ---- what an object is ------------------------------------------------------------------------------

const BRANDS = [
    ['Date', Date.prototype.getTime], ['Number', Number.prototype.valueOf],
    ['String', String.prototype.valueOf], ['Boolean', Boolean.prototype.valueOf],
    ['Symbol', Symbol.prototype.valueOf]
];

function isBrand(method, value) {
    try {
        method.call(value);
        return true;
    } catch (error) {
        return false;
    }
}

// The built-in kind of an object, whatever its prototype or toStringTag claims.
function kindOf(value) {
    if (value instanceof Error) {
        return 'Error';
    }
    if (value[Symbol.toStringTag] === undefined) {
        return Object.prototype.toString.call(value).slice(8, -1);
    }
    if (ArrayBuffer.isView(value)) {
        return value instanceof DataView ? 'DataView' : 'Uint8Array';
    }
    if (value instanceof ArrayBuffer) {
        return 'ArrayBuffer';
    }
    if (typeof SharedArrayBuffer === 'function' && value instanceof SharedArrayBuffer) {
        return 'SharedArrayBuffer';
    }
    for (var i = 0; i < BRANDS.length; i++) {
        if (isBrand(BRANDS[i][1], value)) {
            return BRANDS[i][0];
        }
    }
    return value instanceof RegExp ? 'RegExp' : 'Object';
}

function isInstance(value, constructor) {
    try {
        return value instanceof constructor;
    } catch (error) {
        return false;
    }
}

// Name of the nearest constructor on the prototype chain; null when the chain has none.
function constructorName(view, object) {
    var first = object;
    for (var level = object; level; level = Object.getPrototypeOf(level)) {
        var own = Object.getOwnPropertyDescriptor(level, 'constructor');
        if (own !== undefined && typeof own.value === 'function' && own.value.name !== '' &&
            isInstance(first, own.value)) {
            return String(own.value.name);
        }
    }
    return null;
}

function tagOf(view, value) {
    var tag = value[Symbol.toStringTag];
    var own = view.showHidden ? hasOwn : isEnumerable;
    if (typeof tag !== 'string' || (tag !== '' && own.call(value, Symbol.toStringTag))) {
        return '';
    }
    return tag;
}

function prefix(constructor, tag, fallback, size) {
    var text;
    size = size || '';
    if (constructor === null) {
        text = '[' + fallback + size + ': null prototype] ';
        return tag !== '' && fallback !== tag ? text + '[' + tag + '] ' : text;
    }
    text = constructor + size + ' ';
    return tag !== '' && constructor !== tag ? text + '[' + tag + '] ' : text;
}

function keysOf(view, value) {
    var symbols = Object.getOwnPropertySymbols(value);
    if (view.showHidden) {
        return Object.getOwnPropertyNames(value).concat(symbols);
    }
    return Object.keys(value).concat(symbols.filter(function (symbol) {
        return isEnumerable.call(value, symbol);
    }));
}

function keysBesideIndexes(view, value) {
    return keysOf(view, value).filter(function (key) {
        return typeof key === 'symbol' || !INDEX.test(key);
    });
}

// ---- the bodies of each kind ------------------------------------------------------------------------

// Each returns the list of texts between the braces.
function listArray(view, value, depth) {
    var shown = Math.min(Math.max(0, view.maxArrayLength), value.length);
    var output = [];
    for (var i = 0; i < shown; i++) {
        if (!hasOwn.call(value, i)) {
            return listSparse(view, value, depth, shown, output, i);
        }
        output.push(formatProperty(view, value, depth, i, LIST));
    }
    if (value.length > shown) {
        output.push(plural(value.length - shown, 'item'));
    }
    return output;
}

function listSparse(view, value, depth, shown, output, index) {
    var keys = Object.keys(value);
    for (var i = index; i < keys.length && output.length < shown; i++) {
        var key = keys[i];
        if (!INDEX.test(key) || Number(key) > 4294967294) {
            break;
        }
        if (String(index) !== key) {
            output.push(emptyItems(view, Number(key) - index));
            index = Number(key);
            if (output.length === shown) {
                break;
            }
        }
        output.push(formatProperty(view, value, depth, key, LIST));
        index++;
    }
    var remaining = value.length - index;
    if (output.length !== shown) {
        if (remaining > 0) {
            output.push(emptyItems(view, remaining));
        }
    } else if (remaining > 0) {
        output.push(plural(remaining, 'item'));
    }
    return output;
}

function emptyItems(view, count) {
    return paint(view, '<' + count + ' empty item' + (count > 1 ? 's' : '') + '>', 'undefined');
}

function listTyped(view, value, depth) {
    var shown = Math.min(Math.max(0, view.maxArrayLength), value.length);
    var output = [];
    for (var i = 0; i < shown; i++) {
        output.push(formatNumber(view, value[i]));
    }
    if (value.length > shown) {
        output.push(plural(value.length - shown, 'item'));
    }
    if (view.showHidden) {
        view.indentation += 2;
        ['BYTES_PER_ELEMENT', 'length', 'byteLength', 'byteOffset', 'buffer'].forEach(function (key) {
            output.push('[' + key + ']: ' + formatValue(view, value[key], depth, true));
        });
        view.indentation -= 2;
    }
    return output;
}

function listBytes(view, value) {
    var bytes = new Uint8Array(value);
    var shown = Math.min(view.maxArrayLength, bytes.length);
    var pairs = [];
    for (var i = 0; i < shown; i++) {
        pairs.push(hex(bytes[i], 2).toLowerCase());
    }
    var text = pairs.join(' ');
    if (bytes.length > shown) {
        text += ' ' + plural(bytes.length - shown, 'byte');
    }
    return [paint(view, '[Uint8Contents]', 'special') + ': <' + text + '>'];
}

function listNothing() {
    return [];
}

// "[class B extends A]"
function classBase(view, value, constructor, tag) {
    var hasName = hasOwn.call(value, 'name') && value.name !== '';
    var base = '[class ' + (hasName ? String(value.name) : '(anonymous)');
    if (constructor !== 'Function' && constructor !== null) {
        base += ' [' + constructor + ']';
    }
    if (tag !== '' && constructor !== tag) {
        base += ' [' + tag + ']';
    }
    var parent = Object.getPrototypeOf(value);
    if (constructor === null) {
        base += ' extends null';
    } else if (parent && parent.name) {
        base += ' extends ' + parent.name;
    }
    return base + ']';
}

function isClass(value) {
    var prototype = Object.getOwnPropertyDescriptor(value, 'prototype');
    return prototype !== undefined && !prototype.writable && require('lowered').isClass(value);
}

function functionBase(view, value, constructor, tag) {
    if (isClass(value)) {
        return classBase(view, value, constructor, tag);
    }
    var kind = /^(Async|Generator|AsyncGenerator)Function$/.test(tag) ? tag : 'Function';
    var base = '[' + kind;
    if (constructor === null) {
        base += ' (null prototype)';
    }
    base += value.name === '' ? ' (anonymous)' : ': ' + String(value.name);
    base += ']';
    if (constructor !== kind && constructor !== 'Function' && constructor !== null) {
        base += ' ' + constructor;
    }
    return tag !== '' && constructor !== tag && kind !== tag ? base + ' [' + tag + ']' : base;
}

function boxedBase(view, value, kind, keys, constructor, tag) {
    if (kind === 'String') {
        keys.splice(0, value.length);
    }
    var base = '[' + kind;
    if (constructor !== kind) {
        base += constructor === null ? ' (null prototype)' : ' (' + constructor + ')';
    }
    var primitive = kind === 'Symbol' ? Symbol.prototype.valueOf.call(value) : value.valueOf();
    base += ': ' + formatPrimitive(Object.assign(Object.create(view), { colors: false }), primitive) + ']';
    return paint(view, tag !== '' && tag !== constructor ? base + ' [' + tag + ']' : base,
        kind.toLowerCase());
}

function dateBase(value) {
    return isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
}

// The head line of a stack says what the error was when it was made; name the class if it hides it.
function improveStack(stack, constructor, name, tag) {
    var length = name.length;
    var ends = /Error$/.test(name) && stack.slice(0, length) === name &&
        (stack.length === length || stack[length] === ':' || stack[length] === '\n');
    if (constructor !== null && !ends) {
        return stack;
    }
    var fallback = 'Error';
    if (constructor === null) {
        var start = /^([A-Z][a-z_ A-Z0-9[\]()-]+)(?::|\n {4}at)/.exec(stack) ||
            /^([a-z_A-Z0-9-]*Error)$/.exec(stack);
        fallback = (start && start[1]) || '';
        length = fallback.length;
        fallback = fallback || 'Error';
    }
    var head = prefix(constructor, tag, fallback).slice(0, -1);
    if (name === head) {
        return stack;
    }
    if (head.indexOf(name) >= 0) {
        return length === 0 ? head + ': ' + stack : head + stack.slice(length);
    }
    return head + ' [' + name + ']' + stack.slice(length);
}

function errorBase(view, error, constructor, tag, keys) {
    var name = error.name !== undefined && error.name !== null ? String(error.name) : 'Error';
    var stack = error.stack ? String(error.stack) : Error.prototype.toString.call(error);
    if (!view.showHidden) {
        ['name', 'message', 'stack'].forEach(function (key) {
            var at = keys.indexOf(key);
            if (at >= 0 && stack.indexOf(error[key]) >= 0) {
                keys.splice(at, 1);
            }
        });
    }
    if ('cause' in error && keys.indexOf('cause') < 0) {
        keys.push('cause');
    }
    if (Array.isArray(error.errors) && keys.indexOf('errors') < 0) {
        keys.push('errors');
    }
    stack = improveStack(stack, constructor, name, tag);
    var from = (error.message && stack.indexOf(error.message)) || -1;
    if (from !== -1) {
        from += error.message.length;
    }
    if (stack.indexOf('\n    at', from) < 0) {
        stack = '[' + stack + ']';
    }
    return view.indentation === 0 ? stack : stack.split('\n').join('\n' + ' '.repeat(view.indentation));
}

// ---- objects ------------------------------------------------------------------------------------------

// What to print of an object: {base, open, close, list, keys, extras}, or a string when that is all.
function describeList(view, value, kind, constructor, tag) {
    var head;
    var keys = keysBesideIndexes(view, value);
    if (kind === 'Array') {
        head = constructor !== 'Array' || tag !== '' ?
            prefix(constructor, tag, 'Array', '(' + value.length + ')') : '';
        // The length of an array is its own, hidden property.
        if (value.length === 0 && keys.length === 0) {
            return head + '[]';
        }
    } else {
        keys = keys.filter(function (key) { return key !== 'length'; });
        kind = Object.prototype.toString.call(value).slice(8, -1);
        head = prefix(constructor, tag === '' ? kind : tag, kind, '(' + value.length + ')');
        if (value.length === 0 && keys.length === 0 && !view.showHidden) {
            return head + '[]';
        }
    }
    return { base: '', open: head + '[', close: ']', keys: keys, extras: LIST,
        list: Array.isArray(value) ? listArray : listTyped };
}

function describeBuffer(view, value, kind, shape, constructor, tag, isInView) {
    var head = prefix(constructor, tag, kind);
    if (isInView && shape.keys.length === 0) {
        return head + '{ byteLength: ' + value.byteLength + ' }';
    }
    shape.open = head + '{';
    shape.keys.unshift('byteLength');
    if (!isInView) {
        shape.list = listBytes;
    }
    return shape;
}

function isNamespace(value) {
    var tag = Object.getOwnPropertyDescriptor(value, Symbol.toStringTag);
    return tag !== undefined && tag.value === 'Module' && !tag.writable && !tag.configurable &&
        !Object.isExtensible(value);
}

function describePlain(view, value, kind, shape, constructor, tag) {
    var isBare = shape.keys.length === 0;
    if (constructor === null && tag === 'Module' && isNamespace(value)) {
        shape.open = '[Module: null prototype] {';
        shape.extras = NAMESPACE;
    } else if (constructor === 'Object') {
        if (kind === 'Arguments') {
            shape.open = '[Arguments] {';
        } else if (tag !== '') {
            shape.open = prefix(constructor, tag, 'Object') + '{';
        }
    } else {
        shape.open = prefix(constructor, tag, kind === 'Arguments' ? kind : 'Object') + '{';
    }
    return isBare ? shape.open + '}' : shape;
}

// ---- what the engine tells of collections, promises and iterators: [class, state, list] -------------

// The lister of a flat list of which `step` values make one entry, as `entry` writes them.
function lister(list, step, entry) {
    return function (view, value, depth) {
        var count = list.length / step;
        var shown = Math.min(Math.max(0, view.maxArrayLength), count);
        var output = [];
        view.indentation += 2;
        for (var i = 0; i < shown; i++) {
            var texts = list.slice(i * step, i * step + step).map(function (part) {
                return formatValue(view, part, depth);
            });
            output.push(entry(texts, view, depth));
        }
        view.indentation -= 2;
        if (count > shown) {
            output.push(plural(count - shown, 'item'));
        }
        return output;
    };
}

function single(texts) {
    return texts[0];
}

function arrow(texts) {
    return texts[0] + ' => ' + texts[1];
}

function pair(texts, view, depth) {
    return layout.layOut(view, texts, { base: '', open: '[', close: ']', extras: LIST }, depth, []);
}

function listPromise(state, result) {
    return function (view, value, depth) {
        if (state === 0) {
            return [paint(view, '<pending>', 'special')];
        }
        view.indentation += 2;
        var text = formatValue(view, result, depth);
        view.indentation -= 2;
        return [state === 2 ? paint(view, '<rejected>', 'special') + ' ' + text : text];
    };
}

function listUnknown(view) {
    return [paint(view, '<items unknown>', 'special')];
}

function describeInner(value, inner, shape, constructor, tag) {
    var kind = inner[0];
    var state = inner[1];
    var size = kind === 'Map' || kind === 'Set' ? '(' + state + ')' : '';
    shape.open = prefix(constructor, tag, kind, size) + '{';
    switch (kind) {
    case 'Map':
    case 'Set':
        shape.list = kind === 'Map' ? lister(inner[2], 2, arrow) : lister(inner[2], 1, single);
        return state === 0 && shape.keys.length === 0 ? shape.open + '}' : shape;
    case 'Promise':
        shape.list = listPromise(state, inner[2][0]);
        return shape;
    case 'WeakMap':
    case 'WeakSet':
        shape.list = listUnknown;
        return shape;
    }
    shape.open = '[' + (state ? tag.replace(/ Iterator$/, ' Entries') : tag) + '] {';
    shape.list = state ? lister(inner[2], 2, pair) : lister(inner[2], 1, single);
    return shape;
}

// Kinds whose text stands before the braces; braces only if they have properties besides.
function baseOf(view, value, kind, shape, constructor, tag) {
    var head;
    switch (kind) {
    case 'Function':
        return paint(view, functionBase(view, value, constructor, tag), 'special');
    case 'RegExp':
    case 'Date':
        head = prefix(constructor, tag, kind);
        return paint(view, (head !== kind + ' ' ? head : '') +
            (kind === 'Date' ? dateBase(value) : RegExp.prototype.toString.call(value)),
        kind.toLowerCase());
    case 'Error':
        return errorBase(view, value, constructor, tag, shape.keys);
    case 'Number':
    case 'String':
    case 'Boolean':
    case 'Symbol':
        return boxedBase(view, value, kind, shape.keys, constructor, tag);
    }
    return '';
}

function describe(view, value, constructor, isInView) {
    var tag = tagOf(view, value);
    var kind = typeof value === 'function' ? 'Function' : kindOf(value);
    if (kind === 'Array' || (ArrayBuffer.isView(value) && kind !== 'DataView')) {
        return describeList(view, value, kind, constructor, tag);
    }
    var shape = { base: '', open: '{', close: '}', list: listNothing, extras: PLAIN,
        keys: keysOf(view, value) };
    if (kind === 'ArrayBuffer' || kind === 'SharedArrayBuffer') {
        return describeBuffer(view, value, kind, shape, constructor, tag, isInView);
    }
    if (kind === 'DataView') {
        shape.open = prefix(constructor, tag, kind) + '{';
        shape.keys.unshift('byteLength', 'byteOffset', 'buffer');
        return shape;
    }
    var inner = kind === 'Object' ? preview(value) : undefined;
    if (inner !== undefined) {
        return describeInner(value, inner, shape, constructor, tag);
    }
    shape.base = baseOf(view, value, kind, shape, constructor, tag);
    if (shape.base === '') {
        return describePlain(view, value, kind, shape, constructor, tag);
    }
    return shape.keys.length === 0 ? shape.base : shape;
}

function formatObject(view, value, depth, isInView) {
    var constructor = constructorName(view, value);
    var shape = describe(view, value, constructor, isInView);
    if (typeof shape === 'string') {
        return shape;
    }
    if (view.depth !== null && depth > view.depth) {
        var name = prefix(constructor, tagOf(view, value), kindOf(value)).slice(0, -1);
        return paint(view, constructor === null ? name : '[' + name + ']', 'special');
    }
    depth += 1;
    view.seen.push(value);
    view.currentDepth = depth;
    var output = shape.list(view, value, depth);
    for (var i = 0; i < shape.keys.length; i++) {
        output.push(formatProperty(view, value, depth, shape.keys[i], shape.extras));
    }
    var cycle = view.cycles.indexOf(value);
    if (cycle >= 0) {
        var reference = paint(view, '<ref *' + (cycle + 1) + '>', 'special');
        shape.base = shape.base === '' ? reference : reference + ' ' + shape.base;
    }
    view.seen.pop();
    if (view.sorted && shape.extras === PLAIN) {
        output.sort(view.sorted === true ? undefined : view.sorted);
    }
    return layout.layOut(view, output, shape, depth, value);
}

function propertyText(view, value, descriptor, depth) {
    var label;
    if (descriptor.get !== undefined) {
        label = descriptor.set !== undefined ? 'Getter/Setter' : 'Getter';
        if (view.getters === true || (view.getters === 'get' && descriptor.set === undefined) ||
            (view.getters === 'set' && descriptor.set !== undefined)) {
            return getterText(view, value, descriptor, label, depth);
        }
        return paint(view, '[' + label + ']', 'special');
    }
    if (descriptor.set !== undefined) {
        return paint(view, '[Setter]', 'special');
    }
    view.indentation += 2;
    var text = formatValue(view, descriptor.value, depth);
    view.indentation -= 2;
    return text;
}

function getterText(view, value, descriptor, label, depth) {
    try {
        var result = descriptor.get.call(value);
        if (result !== null && typeof result === 'object') {
            view.indentation += 2;
            var text = paint(view, '[' + label + ']', 'special') + ' ' + formatValue(view, result, depth);
            view.indentation -= 2;
            return text;
        }
        return paint(view, '[' + label + ':', 'special') + ' ' + formatPrimitive(view, result) +
            paint(view, ']', 'special');
    } catch (error) {
        return paint(view, '[' + label + ':', 'special') + ' <Inspection threw (' + error.message + ')>' +
            paint(view, ']', 'special');
    }
}

function keyText(view, key, descriptor) {
    if (typeof key === 'symbol') {
        return '[' + paint(view, escapeText(String(key), 39), 'symbol') + ']';
    }
    if (key === '__proto__') {
        return "['__proto__']";
    }
    if (descriptor.enumerable === false) {
        return '[' + escapeText(key, 39) + ']';
    }
    return IDENTIFIER.test(key) ? key : paint(view, quote(key), 'string');
}

// What an ES module exports is read by accessors, which is nobody's business.
function namespaceProperty(value, key) {
    try {
        return { value: value[key], enumerable: true };
    } catch (error) {
        return { enumerable: true, isEarly: true };
    }
}

function formatProperty(view, value, depth, key, type) {
    if (type === NAMESPACE && typeof key === 'string') {
        var own = namespaceProperty(value, key);
        return keyText(view, key, own) + ': ' +
            (own.isEarly ? '<uninitialized>' : propertyText(view, value, own, depth));
    }
    var descriptor = Object.getOwnPropertyDescriptor(value, key) ||
        { value: value[key], enumerable: true };
    var text = propertyText(view, value, descriptor, depth);
    return type === LIST && (typeof key === 'number' || INDEX.test(key)) ? text :
        keyText(view, key, descriptor) + ': ' + text;
}

// ---- the walk -----------------------------------------------------------------------------------------

function userOptions(view) {
    var options = {};
    Object.keys(defaults).forEach(function (key) {
        options[key] = view[key];
    });
    options.stylize = view.colors ? style.colored : String;
    return Object.assign(options, view.options);
}

// Text of an object's own inspector; undefined when it has none.
function formatCustom(view, value, depth, context) {
    var custom = value[CUSTOM];
    if (typeof custom !== 'function' || custom === inspect ||
        (value.constructor && value.constructor.prototype === value)) {
        return undefined;
    }
    var result = custom.call(context, view.depth === null ? null : view.depth - depth,
        userOptions(view), inspect);
    if (result === context) {
        return undefined;
    }
    return typeof result === 'string' ?
        result.split('\n').join('\n' + ' '.repeat(view.indentation)) : formatValue(view, result, depth);
}

function formatProxy(view, pair, depth) {
    if (view.depth !== null && depth > view.depth) {
        return paint(view, 'Proxy [Array]', 'special');
    }
    depth += 1;
    view.indentation += 2;
    var texts = [formatValue(view, pair[0], depth), formatValue(view, pair[1], depth)];
    view.indentation -= 2;
    view.currentDepth = depth;
    return layout.layOut(view, texts, { base: '', open: 'Proxy [', close: ']', extras: LIST }, depth, []);
}

function formatValue(view, value, depth, isInView) {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
        return formatPrimitive(view, value);
    }
    var context = value;
    for (var pair = proxyOf(value); pair !== undefined; pair = proxyOf(value)) {
        if (view.showProxy) {
            return formatProxy(view, pair, depth);
        }
        value = pair[0];
    }
    if (view.customInspect) {
        var text = formatCustom(view, value, depth, context);
        if (text !== undefined) {
            return text;
        }
    }
    if (view.seen.indexOf(value) >= 0) {
        if (view.cycles.indexOf(value) < 0) {
            view.cycles.push(value);
        }
        return paint(view, '[Circular *' + (view.cycles.indexOf(value) + 1) + ']', 'special');
    }
    return formatObject(view, value, depth, isInView);
}

function newView(options) {
    var view = Object.assign({}, defaults);
    view.indentation = 0;
    view.currentDepth = 0;
    view.seen = [];
    view.cycles = [];
    if (typeof options === 'boolean') {
        view.showHidden = options;
    } else if (options) {
        view.options = options;
        Object.keys(options).forEach(function (key) {
            if (hasOwn.call(defaults, key)) {
                view[key] = options[key];
            }
        });
    }
    if (view.maxArrayLength === null) {
        view.maxArrayLength = Infinity;
    }
    if (view.maxStringLength === null) {
        view.maxStringLength = Infinity;
    }
    return view;
}

function inspect(value, options) {
    var view = newView(options);
    if (arguments.length > 2 && arguments[2] !== undefined) {
        view.depth = arguments[2];
    }
    return formatValue(view, value, 0);
}

inspect.colors = style.colors;
inspect.styles = style.styles;
inspect.custom = CUSTOM;
inspect.defaultOptions = defaults;

exports.inspect = inspect;

// "a: 1, b: 2": the properties of a Buffer beside its bytes, for the Buffer's own inspector.
exports.extraProperties = function (value, options) {
    var view = newView(options);
    return keysBesideIndexes(view, value).map(function (key) {
        return formatProperty(view, value, 0, key, PLAIN);
    }).join(', ');
};
