// util: the helpers of Node's module of that name that need nothing but the language.
'use strict';

const errors = require('errors');
const format = require('format');

exports.format = format.format;
exports.formatWithOptions = format.formatWithOptions;
exports.inspect = require('inspect').inspect;
exports.TextEncoder = TextEncoder;
exports.TextDecoder = TextDecoder;
exports.isArray = Array.isArray;

exports.inherits = function inherits(constructor, base) {
    errors.requireFunction(constructor, 'ctor');
    errors.requireFunction(base, 'superCtor');
    if (base.prototype === undefined) {
        throw errors.invalidType('superCtor.prototype', 'of type object', base.prototype);
    }
    Object.defineProperty(constructor, 'super_',
        { value: base, writable: true, configurable: true });
    Object.setPrototypeOf(constructor.prototype, base.prototype);
};

exports.isDeepStrictEqual = function isDeepStrictEqual(a, b) {
    return require('compare').isDeepStrictEqual(a, b);
};

exports.deprecate = function deprecate(method, message, code) {
    var isWarned = false;
    function deprecated() {
        if (!isWarned) {
            isWarned = true;
            process.emitWarning(message, 'DeprecationWarning', code);
        }
        return method.apply(this, arguments);
    }
    Object.setPrototypeOf(deprecated, method);
    deprecated.prototype = method.prototype;
    return deprecated;
};

exports.stripVTControlCharacters = function stripVTControlCharacters(text) {
    errors.requireString(text, 'str');
    return text.replace(/[\u001b\u009b][[\]()#;?]*(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~]/g,
        '');
};

// ---- util.types ---------------------------------------------------------------------------------

function isKind(kind) {
    return function (value) {
        return value !== null && typeof value === 'object' &&
            Object.prototype.toString.call(value) === '[object ' + kind + ']';
    };
}

const types = exports.types = {};

['Date', 'RegExp', 'ArrayBuffer', 'SharedArrayBuffer', 'DataView', 'Int8Array', 'Uint8Array',
    'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array',
    'Float64Array'].forEach(function (kind) {
    types['is' + kind] = isKind(kind);
});

['Number', 'String', 'Boolean', 'Symbol'].forEach(function (kind) {
    types['is' + kind + 'Object'] = isKind(kind);
});

types.isArgumentsObject = isKind('Arguments');

types.isNativeError = function (value) {
    return value instanceof Error;
};

types.isAnyArrayBuffer = function (value) {
    return types.isArrayBuffer(value) || types.isSharedArrayBuffer(value);
};

types.isArrayBufferView = ArrayBuffer.isView;

types.isTypedArray = function (value) {
    return ArrayBuffer.isView(value) && !types.isDataView(value);
};

types.isBoxedPrimitive = function (value) {
    return types.isNumberObject(value) || types.isStringObject(value) ||
        types.isBooleanObject(value) || types.isSymbolObject(value);
};
