// util.format() and the texts of console: placeholders first, then the rest of the arguments.
// Loads inspect.js only when there is something to inspect.
'use strict';

const BUILT_INS = /^(Object|Function|Array|Number|Boolean|String|Symbol|Date|RegExp|Promise|Map|Set|WeakMap|WeakSet|ArrayBuffer|SharedArrayBuffer|DataView|Proxy|[A-Z][A-Za-z0-9]*Array|(Eval|Range|Reference|Syntax|Type|URI|Aggregate)?Error)$/;
const hasOwn = Object.prototype.hasOwnProperty;

function inspect(value, options) {
    return require('inspect').inspect(value, options);
}

function number(value) {
    return value === 0 && 1 / value < 0 ? '-0' : String(value);
}

// True when String(value) would say no more than a built-in toString does.
function hasPlainText(value) {
    if (typeof value.toString !== 'function') {
        return typeof value[Symbol.toPrimitive] !== 'function';
    }
    var owner = value;
    while (owner && !hasOwn.call(owner, 'toString') && !hasOwn.call(owner, Symbol.toPrimitive)) {
        owner = Object.getPrototypeOf(owner);
    }
    if (!owner || owner === value) {
        return false;
    }
    var constructor = Object.getOwnPropertyDescriptor(owner, 'constructor');
    return constructor !== undefined && typeof constructor.value === 'function' &&
        BUILT_INS.test(constructor.value.name);
}

function json(value) {
    try {
        return JSON.stringify(value);
    } catch (error) {
        if (error instanceof TypeError && /cyclic|circular/.test(error.message)) {
            return '[Circular]';
        }
        throw error;
    }
}

function string(value, options) {
    if (typeof value === 'number') {
        return number(value);
    }
    if (typeof value !== 'object' || value === null || !hasPlainText(value)) {
        return String(value);
    }
    return inspect(value, Object.assign({}, options, { compact: 3, colors: false, depth: 0 }));
}

// Text for placeholder `kind`; undefined when it is none.
function placeholder(kind, value, options) {
    switch (kind) {
    case 's':
        return string(value, options);
    case 'j':
        return json(value);
    case 'd':
        return typeof value === 'symbol' ? 'NaN' : number(Number(value));
    case 'i':
        return typeof value === 'symbol' ? 'NaN' : number(parseInt(value));
    case 'f':
        return typeof value === 'symbol' ? 'NaN' : number(parseFloat(value));
    case 'O':
        return inspect(value, options);
    case 'o':
        return inspect(value,
            Object.assign({}, options, { showHidden: true, showProxy: true, depth: 4 }));
    case 'c':
        return '';
    }
    return undefined;
}

// {text, used}: the first argument with its placeholders filled, and how many arguments that took.
function fill(args, options) {
    var pattern = args[0];
    var text = '';
    var last = 0;
    var used = 1;
    for (var at = pattern.indexOf('%'); at >= 0 && at < pattern.length - 1;
        at = pattern.indexOf('%', at)) {
        var kind = pattern[at + 1];
        var piece = kind === '%' ? '%' :
            used < args.length ? placeholder(kind, args[used], options) : undefined;
        if (piece === undefined && !(/[jsdifoOc]/.test(kind) && used < args.length)) {
            at += kind === '%' ? 2 : 1;
            continue;
        }
        text += pattern.slice(last, at) + piece;
        used += kind === '%' ? 0 : 1;
        at += 2;
        last = at;
    }
    return { text: text + pattern.slice(last), used: used };
}

function formatWithOptions(options) {
    return formatArgs(Array.prototype.slice.call(arguments, 1), options);
}

function formatArgs(args, options) {
    var first = args[0];
    if (args.length === 1 && typeof first === 'string') {
        return first;
    }
    var texts = [];
    var used = 0;
    if (typeof first === 'string' && args.length > 1) {
        var filled = fill(args, options);
        texts.push(filled.text);
        used = filled.used;
    }
    for (; used < args.length; used++) {
        var value = args[used];
        texts.push(typeof value === 'string' ? value : typeof value === 'number' ? number(value) :
            inspect(value, options));
    }
    return texts.join(' ');
}

exports.number = number;
exports.formatArgs = formatArgs;
exports.format = function format() {
    return formatArgs(arguments);
};
exports.formatWithOptions = formatWithOptions;
