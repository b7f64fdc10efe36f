// util: the helpers of Node's module of that name that need nothing but the language.
'use strict';

const errors = require('errors');
const format = require('format');
const kindOf = native('kind').of;

exports.format = format.format;
exports.formatWithOptions = format.formatWithOptions;
exports.inspect = require('inspect').inspect;
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

// ---- callbacks and promises -----------------------------------------------------------------------

const CUSTOM = Symbol.for('nodejs.util.promisify.custom');
const NAMES = Symbol.for('isorun.promisify.names');

function promisify(original) {
    errors.requireFunction(original, 'original');
    var custom = original[CUSTOM];
    if (custom) {
        errors.requireFunction(custom, 'util.promisify.custom');
        return Object.defineProperty(custom, CUSTOM, { value: custom, configurable: true });
    }
    var names = original[NAMES];
    function promised() {
        var self = this;
        var args = Array.prototype.slice.call(arguments);
        return new Promise(function (resolve, reject) {
            original.apply(self, args.concat([function (error, value) {
                if (error) {
                    return reject(error);
                }
                if (names === undefined || arguments.length <= 2) {
                    return resolve(value);
                }
                var values = {};
                for (var i = 0; i < names.length; i++) {
                    values[names[i]] = arguments[i + 1];
                }
                return resolve(values);
            }]));
        });
    }
    Object.setPrototypeOf(promised, Object.getPrototypeOf(original));
    Object.defineProperty(promised, CUSTOM, { value: promised, configurable: true });
    Object.getOwnPropertyNames(original).forEach(function (name) {
        var descriptor = Object.getOwnPropertyDescriptor(original, name);
        if (!(name in promised) || Object.getOwnPropertyDescriptor(promised, name) === undefined ||
            Object.getOwnPropertyDescriptor(promised, name).configurable) {
            Object.defineProperty(promised, name, descriptor);
        }
    });
    return promised;
}

promisify.custom = CUSTOM;
exports.promisify = promisify;

exports.callbackify = function callbackify(original) {
    errors.requireFunction(original, 'original');
    function callbackified() {
        var args = Array.prototype.slice.call(arguments);
        var callback = args.pop();
        if (typeof callback !== 'function') {
            throw errors.invalidType('last argument', 'of type function', callback);
        }
        var self = this;
        var done = callback.bind(self);
        original.apply(self, args).then(function (value) {
            process.nextTick(done, null, value);
        }, function (reason) {
            if (!reason) {
                var error = errors.coded(Error, 'ERR_FALSY_VALUE_REJECTION',
                    'Promise was rejected with falsy value');
                error.reason = reason;
                reason = error;
            }
            process.nextTick(done, reason);
        });
    }
    Object.setPrototypeOf(callbackified, Object.getPrototypeOf(original));
    Object.defineProperty(callbackified, 'name', { value: original.name + 'Callbackified' });
    Object.defineProperty(callbackified, 'length', { value: original.length + 1 });
    return callbackified;
};

exports.aborted = function aborted(signal) {
    if (signal === null || typeof signal !== 'object' || !('aborted' in signal)) {
        return Promise.reject(errors.invalidType('signal', 'an instance of AbortSignal', signal));
    }
    return signal.aborted ? Promise.resolve() : new Promise(function (resolve) {
        signal.addEventListener('abort', function () { resolve(); }, { once: true });
    });
};

// ---- small ones -----------------------------------------------------------------------------------

exports.debuglog = function debuglog(section, ready) {
    var wanted = String(process.env.NODE_DEBUG || '').toUpperCase().split(',');
    var name = String(section).toUpperCase();
    var isEnabled = wanted.some(function (pattern) {
        return pattern !== '' && new RegExp('^' + pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
            .replace(/\*/g, '.*') + '$').test(name);
    });
    function log() {
        if (isEnabled) {
            process.stderr.write(name + ' ' + process.pid + ': ' + format.formatArgs(arguments) + '\n');
        }
    }
    Object.defineProperty(log, 'enabled', { get: function () { return isEnabled; },
        configurable: true, enumerable: true });
    if (typeof ready === 'function') {
        ready(log);
    }
    return log;
};
exports.debug = exports.debuglog;

exports.toUSVString = function toUSVString(text) {
    return String(text).replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, function (part) {
        return part.length === 2 ? part : '\ufffd';
    });
};

exports.getSystemErrorName = function getSystemErrorName(number) {
    if (typeof number !== 'number') {
        throw errors.invalidType('err', 'of type number', number);
    }
    if (number >= 0 || Math.floor(number) !== number) {
        throw errors.outOfRange('err', 'a negative integer', number);
    }
    return native('fs').errorName(number);
};

exports.styleText = function styleText(formats, text) {
    errors.requireString(text, 'text');
    var colors = require('inspect').inspect.colors;
    var left = '';
    var right = '';
    [].concat(formats).forEach(function (name) {
        if (colors[name] === undefined) {
            throw errors.invalidValue('format', name, 'must be one of: ' +
                Object.keys(colors).map(function (key) { return "'" + key + "'"; }).join(', '));
        }
        left += '\u001b[' + colors[name][0] + 'm';
        right = '\u001b[' + colors[name][1] + 'm' + right;
    });
    return left + text + right;
};

exports._extend = function _extend(target, source) {
    return source !== null && typeof source === 'object' ? Object.assign(target, source) : target;
};

exports.log = function log() {
    console.log('%s - %s', new Date().toLocaleTimeString(), format.formatArgs(arguments));
};

function typeCheck(name, check) {
    exports[name] = check;
    Object.defineProperty(check, 'name', { value: name });
}

typeCheck('isBoolean', function (value) { return typeof value === 'boolean'; });
typeCheck('isBuffer', function (value) { return require('buffer').Buffer.isBuffer(value); });
typeCheck('isNull', function (value) { return value === null; });
typeCheck('isNullOrUndefined', function (value) { return value === null || value === undefined; });
typeCheck('isNumber', function (value) { return typeof value === 'number'; });
typeCheck('isString', function (value) { return typeof value === 'string'; });
typeCheck('isSymbol', function (value) { return typeof value === 'symbol'; });
typeCheck('isUndefined', function (value) { return value === undefined; });
typeCheck('isRegExp', function (value) { return kindOf(value) === 'RegExp'; });
typeCheck('isObject', function (value) { return value !== null && typeof value === 'object'; });
typeCheck('isDate', function (value) { return kindOf(value) === 'Date'; });
typeCheck('isError', function (value) {
    return kindOf(value) === 'Error' || value instanceof Error;
});
typeCheck('isFunction', function (value) { return typeof value === 'function'; });
typeCheck('isPrimitive', function (value) {
    return value === null || (typeof value !== 'object' && typeof value !== 'function');
});

function lazily(name, load) {
    Object.defineProperty(exports, name, { enumerable: true, configurable: true, get: load });
}

lazily('TextEncoder', function () { return TextEncoder; });
lazily('TextDecoder', function () { return TextDecoder; });
lazily('parseArgs', function () { return require('parse_args').parseArgs; });

// ---- util.types -----------------------------------------------------------------------------------

const types = exports.types = {};

function isKind(kind, method) {
    types[method || 'is' + kind] = function (value) {
        return kindOf(value) === kind;
    };
    Object.defineProperty(types[method || 'is' + kind], 'name', { value: method || 'is' + kind });
}

['Date', 'RegExp', 'ArrayBuffer', 'SharedArrayBuffer', 'DataView', 'Int8Array', 'Uint8Array',
    'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array',
    'Float64Array', 'Promise', 'Map', 'Set', 'WeakMap', 'WeakSet', 'Proxy'].forEach(function (kind) {
    isKind(kind);
});
['Number', 'String', 'Boolean', 'Symbol'].forEach(function (kind) {
    isKind(kind, 'is' + kind + 'Object');
});
isKind('Arguments', 'isArgumentsObject');
isKind('Error', 'isNativeError');
isKind('Map Iterator', 'isMapIterator');
isKind('Set Iterator', 'isSetIterator');
isKind('BigInt64Array');
isKind('BigUint64Array');
isKind('BigInt', 'isBigIntObject');
isKind('External', 'isExternal');
isKind('Module', 'isModuleNamespaceObject');

types.isAnyArrayBuffer = function isAnyArrayBuffer(value) {
    return types.isArrayBuffer(value) || types.isSharedArrayBuffer(value);
};

types.isArrayBufferView = ArrayBuffer.isView;

types.isTypedArray = function isTypedArray(value) {
    return ArrayBuffer.isView(value) && !types.isDataView(value);
};

types.isBoxedPrimitive = function isBoxedPrimitive(value) {
    return types.isNumberObject(value) || types.isStringObject(value) ||
        types.isBooleanObject(value) || types.isSymbolObject(value);
};

function tagOf(value) {
    return Object.prototype.toString.call(value).slice(8, -1);
}

types.isAsyncFunction = function isAsyncFunction(value) {
    return typeof value === 'function' && /^Async(Generator)?Function$/.test(tagOf(value));
};
types.isGeneratorFunction = function isGeneratorFunction(value) {
    return typeof value === 'function' && /GeneratorFunction$/.test(tagOf(value));
};
types.isGeneratorObject = function isGeneratorObject(value) {
    return value !== null && typeof value === 'object' && /Generator$/.test(tagOf(value));
};
types.isKeyObject = function isKeyObject() { return false; };
types.isCryptoKey = function isCryptoKey() { return false; };
