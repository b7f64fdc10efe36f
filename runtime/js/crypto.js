// crypto: random values, and that only; everything else says that it is absent.
'use strict';

const errors = require('errors');
const system = native('os');
const VIEW_MAX = 65536; // bytes getRandomValues() fills at most

function bytes(size) {
    var buffer = require('buffer').Buffer.alloc(size);
    system.random(buffer);
    return buffer;
}

exports.randomBytes = function randomBytes(size, callback) {
    if (typeof size !== 'number') {
        throw errors.invalidType('size', 'of type number', size);
    }
    if (!(size >= 0 && size <= 2147483647)) {
        throw errors.outOfRange('size', '>= 0 && <= 2147483647', size);
    }
    var buffer = bytes(size);
    if (callback === undefined) {
        return buffer;
    }
    errors.requireFunction(callback, 'callback');
    setImmediate(callback, null, buffer);
    return undefined;
};

exports.randomFillSync = function randomFillSync(view, offset, size) {
    offset = offset || 0;
    var length = size === undefined ? view.byteLength - offset : size;
    system.random(new Uint8Array(ArrayBuffer.isView(view) ? view.buffer : view,
        (view.byteOffset || 0) + offset, length));
    return view;
};

exports.randomUUID = function randomUUID() {
    var random = bytes(16);
    random[6] = random[6] & 0x0f | 0x40;
    random[8] = random[8] & 0x3f | 0x80;
    return random.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
};

exports.randomInt = function randomInt(min, max, callback) {
    if (max === undefined || typeof max === 'function') {
        callback = max;
        max = min;
        min = 0;
    }
    [['min', min], ['max', max]].forEach(function (pair) {
        if (Math.floor(pair[1]) !== pair[1]) {
            throw errors.invalidType(pair[0], 'a safe integer', pair[1]);
        }
    });
    if (max <= min) {
        throw errors.outOfRange('max', 'greater than the value of "min" (' + min + ')', max);
    }
    var range = max - min;
    if (range > 281474976710655) {
        throw errors.outOfRange('max - min', '<= 281474976710655', range);
    }
    var limit = 281474976710656 - 281474976710656 % range;
    for (var value = limit; value >= limit;) {
        value = bytes(6).readUIntBE(0, 6);
    }
    if (typeof callback === 'function') {
        setImmediate(callback, undefined, min + value % range);
        return undefined;
    }
    return min + value % range;
};

function getRandomValues(view) {
    if (!ArrayBuffer.isView(view) || view instanceof DataView || view instanceof Float32Array ||
        view instanceof Float64Array) {
        throw new (require('dom_exception').DOMException)(
            'The data argument must be an integer-type TypedArray', 'TypeMismatchError');
    }
    if (view.byteLength > VIEW_MAX) {
        throw new (require('dom_exception').DOMException)('The requested length exceeds 65,536 bytes',
            'QuotaExceededError');
    }
    system.random(view);
    return view;
}

exports.getRandomValues = getRandomValues;
exports.webcrypto = { getRandomValues: getRandomValues, randomUUID: exports.randomUUID };

['createHash', 'createHmac', 'createCipheriv', 'createDecipheriv', 'createSign', 'createVerify',
    'pbkdf2', 'pbkdf2Sync', 'scrypt', 'scryptSync', 'generateKeyPair', 'generateKeyPairSync',
    'timingSafeEqual', 'hash'].forEach(function (name) {
    exports[name] = function () {
        throw errors.coded(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
            'crypto.' + name + '() is not part of isorun, which has random values only');
    };
    Object.defineProperty(exports[name], 'name', { value: name });
});
