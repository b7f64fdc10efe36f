// Deep equality, loose (==) and strict (Object.is, same prototype), as util.isDeepStrictEqual and
// assert use it. Cycles are equal when they close at the same depth on both sides.
'use strict';

const isEnumerable = Object.prototype.propertyIsEnumerable;

function kind(value) {
    return Object.prototype.toString.call(value);
}

function ownKeys(value, isStrict) {
    var keys = Object.keys(value);
    if (!isStrict) {
        return keys;
    }
    return keys.concat(Object.getOwnPropertySymbols(value).filter(function (symbol) {
        return isEnumerable.call(value, symbol);
    }));
}

function samePrimitive(a, b, isStrict) {
    return isStrict ? Object.is(a, b) : a == b || (a !== a && b !== b);
}

function bytesOf(value) {
    return ArrayBuffer.isView(value) ?
        new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
}

function sameBytes(a, b) {
    var first = bytesOf(a);
    var second = bytesOf(b);
    for (var i = 0; i < first.length; i++) {
        if (first[i] !== second[i]) {
            return false;
        }
    }
    return first.length === second.length;
}

function isBuffer(value) {
    return value instanceof ArrayBuffer || ArrayBuffer.isView(value) ||
        (typeof SharedArrayBuffer === 'function' && value instanceof SharedArrayBuffer);
}

// What besides the properties makes two objects of one kind equal.
function sameContent(a, b) {
    if (a instanceof Date) {
        return b instanceof Date && samePrimitive(a.getTime(), b.getTime(), true);
    }
    if (a instanceof RegExp) {
        return b instanceof RegExp && String(a) === String(b) && a.lastIndex === b.lastIndex;
    }
    if (a instanceof Error) {
        return b instanceof Error && a.name === b.name && a.message === b.message;
    }
    if (isBuffer(a)) {
        return isBuffer(b) && a.byteLength === b.byteLength &&
            sameBytes(a, b);
    }
    if (a instanceof Number || a instanceof String || a instanceof Boolean) {
        return kind(a) === kind(b) && Object.is(a.valueOf(), b.valueOf());
    }
    return true;
}

function sameProperties(a, b, isStrict, walk) {
    var keys = ownKeys(a, isStrict);
    if (keys.length !== ownKeys(b, isStrict).length) {
        return false;
    }
    return keys.every(function (key) {
        return isEnumerable.call(b, key) && equal(a[key], b[key], isStrict, walk);
    });
}

function sameObject(a, b, isStrict, walk) {
    var at = walk.a.indexOf(a);
    if (at >= 0 || walk.b.indexOf(b) >= 0) {
        return at >= 0 && walk.b[at] === b;
    }
    walk.a.push(a);
    walk.b.push(b);
    var isEqual = sameProperties(a, b, isStrict, walk);
    walk.a.pop();
    walk.b.pop();
    return isEqual;
}

function equal(a, b, isStrict, walk) {
    if (a === b) {
        return a !== 0 || !isStrict || Object.is(a, b);
    }
    if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') {
        return (typeof a !== 'object' || a === null) && (typeof b !== 'object' || b === null) &&
            typeof a !== 'function' && samePrimitive(a, b, isStrict);
    }
    if (kind(a) !== kind(b) || Array.isArray(a) !== Array.isArray(b) ||
        (isStrict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b))) {
        return false;
    }
    if (Array.isArray(a) && a.length !== b.length) {
        return false;
    }
    return sameContent(a, b) && sameObject(a, b, isStrict, walk);
}

exports.isDeepEqual = function (a, b) {
    return equal(a, b, false, { a: [], b: [] });
};

exports.isDeepStrictEqual = function (a, b) {
    return equal(a, b, true, { a: [], b: [] });
};
