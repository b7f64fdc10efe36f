// What lowered code calls at run time, as the global $lowered. The lowerer's output is the only
// caller; runtime/lower/ says what becomes a call. Iteration and coroutines are in their own parts.
'use strict';

const natives = native('lowered');
const isArray = Array.isArray;
const getPrototypeOf = Object.getPrototypeOf;
const setPrototypeOf = Object.setPrototypeOf;
const defineProperty = Object.defineProperty;
const getOwnPropertyDescriptor = Object.getOwnPropertyDescriptor;
const getOwnPropertySymbols = Object.getOwnPropertySymbols;
const getOwnPropertyNames = Object.getOwnPropertyNames;
const isEnumerable = Object.prototype.propertyIsEnumerable;
const slice = Array.prototype.slice;

['private', 'get', 'set', 'has', 'add', 'field', 'superGet', 'superSet', 'eval', 'apply'].forEach(function (name) {
    exports[name] = natives[name];
});

function isObject(value) {
    return value !== null && typeof value === 'object' || typeof value === 'function';
}

// ---- names --------------------------------------------------------------------------------------

exports.constant = function () {
    throw new TypeError('Assignment to constant variable.');
};

exports.early = function (name) {
    throw new ReferenceError("Cannot access '" + name + "' before initialization");
};

exports.initialized = function (flag, name, value) {
    if (!flag) {
        exports.early(name);
    }
    return value;
};

// ---- keys and objects ---------------------------------------------------------------------------

function toKey(value) {
    return typeof value === 'symbol' ? value : String(value);
}

function ownKeys(object) {
    return getOwnPropertyNames(object).concat(getOwnPropertySymbols(object));
}

function nameOf(key) {
    if (typeof key !== 'symbol') {
        return key;
    }
    var description = String(key).slice(7, -1);
    return description === '' ? '' : '[' + description + ']';
}

function setName(method, name) {
    defineProperty(method, 'name', { value: name, configurable: true });
    return method;
}

exports.key = toKey;

exports.object = function (value) {
    if (value === undefined || value === null) {
        throw new TypeError("Cannot destructure '" + value + "' as it is " + value + '.');
    }
    return value;
};

// All own enumerable properties but those whose keys are listed.
exports.omit = function (value, keys) {
    exports.object(value);
    return copyInto({}, value, keys);
};

function copyInto(target, value, except) {
    if (value === undefined || value === null) {
        return target;
    }
    var object = Object(value);
    copyKeys(target, object, Object.keys(object), except);
    var symbols = getOwnPropertySymbols(object);
    if (symbols.length) {
        copyKeys(target, object, symbols.filter(isEnumerable, object), except);
    }
    return target;
}

function copyKeys(target, object, keys, except) {
    for (var i = 0; i < keys.length; i++) {
        var key = keys[i];
        if (except !== undefined && except.indexOf(key) >= 0 || !isEnumerable.call(object, key)) {
            continue;
        }
        if (key in target) {
            natives.field(target, key, object[key]);
        } else {
            target[key] = object[key];
        }
    }
}

// literal(kind, value...): see runtime/lower/objects.js
exports.literal = function () {
    var object = {};
    for (var i = 0; i < arguments.length; i += 2) {
        var value = arguments[i + 1];
        switch (arguments[i]) {
        case 0:
            object = i === 0 ? value : copyDescriptors(object, value);
            break;
        case 1:
            copyInto(object, value, undefined);
            break;
        case 2:
            if (isObject(value) || value === null) {
                setPrototypeOf(object, value);
            }
            break;
        default:
            defineAccessor(object, arguments[i], value, arguments[i + 2], true);
            i++;
        }
    }
    return object;
};

function copyDescriptors(object, from) {
    ownKeys(from).forEach(function (key) {
        var descriptor = getOwnPropertyDescriptor(from, key);
        var existing = descriptor.value === undefined ? getOwnPropertyDescriptor(object, key) : undefined;
        if (existing && (descriptor.get || descriptor.set)) {
            descriptor.get = descriptor.get || existing.get;
            descriptor.set = descriptor.set || existing.set;
        }
        defineProperty(object, key, descriptor);
    });
    return object;
}

// kind: odd for a getter, even for a setter
function defineAccessor(object, kind, key, method, enumerable) {
    key = toKey(key);
    var isGetter = kind % 2 === 1;
    var descriptor = { enumerable: enumerable, configurable: true };
    descriptor[isGetter ? 'get' : 'set'] = setName(method, (isGetter ? 'get ' : 'set ') + nameOf(key));
    defineProperty(object, key, descriptor);
}

var unnamed = []; // functions whose computed key isn't known yet

exports.unnamed = function (method) {
    unnamed.push(method);
    return method;
};

exports.nameAll = function (object) {
    ownKeys(object).forEach(function (key) {
        var value = getOwnPropertyDescriptor(object, key).value;
        if (typeof value === 'function' && unnamed.indexOf(value) >= 0) {
            setName(value, nameOf(key));
        }
    });
    unnamed = [];
    return object;
};

// ---- lists --------------------------------------------------------------------------------------

exports.rest = function (list, from) {
    return slice.call(list, from);
};

// arguments of a sloppy function whose parameters they don't follow
exports.unmapped = function (list) {
    return strictArguments.apply(undefined, list);
};

function strictArguments() {
    return arguments;
}

exports.slice = function (list, from) {
    var copy = [];
    for (var i = from; i < list.length; i++) {
        copy.push(list[i]);
    }
    return copy;
};

// The cooked strings of a tagged template, with their raw ones.
exports.template = function (cooked, raw) {
    defineProperty(cooked, 'raw', { value: Object.freeze(raw || cooked.slice()) });
    return Object.freeze(cooked);
};

exports.construct = function (constructor, list) {
    if (!natives.isConstructor(constructor)) {
        throw new TypeError(String(constructor) + ' is not a constructor');
    }
    return Reflect.construct(constructor, list);
};

// ---- classes ------------------------------------------------------------------------------------

const CLASS = natives.private('class'); // of a class's constructor: itself
var pending; // new.target, on its way from super() to the parent's constructor
var late = null; // initializers of static fields and static blocks of the class just made

exports.none = {};

// What new.target is in a constructor that was called as a function: by super(), or in error.
exports.called = function (name) {
    var target = pending;
    pending = undefined;
    if (target === undefined) {
        throw new TypeError('Class constructor ' + name + " cannot be invoked without 'new'");
    }
    return target;
};

function describe(value) {
    return typeof value === 'function' || isObject(value) ? Object.prototype.toString.call(value) :
        String(value);
}

function checkParent(parent) {
    if (parent === null) {
        return null;
    }
    if (!natives.isConstructor(parent)) {
        throw new TypeError('Class extends value ' + describe(parent) + ' is not a constructor or null');
    }
    var prototype = parent.prototype;
    if (prototype !== null && !isObject(prototype)) {
        throw new TypeError('Class extends value does not have valid prototype property ' +
            String(prototype));
    }
    return prototype;
}

function defineMethods(target, literal) {
    ownKeys(literal).forEach(function (key) {
        var descriptor = getOwnPropertyDescriptor(literal, key);
        var value = descriptor.value;
        if (typeof value === 'function' && value.name === '') {
            setName(value, nameOf(key));
        }
        descriptor.enumerable = false;
        if (value === undefined) {
            var existing = getOwnPropertyDescriptor(target, key);
            if (existing && existing.configurable) {
                descriptor.get = descriptor.get || existing.get;
                descriptor.set = descriptor.set || existing.set;
            }
        }
        defineProperty(target, key, descriptor);
    });
}

// Joins the accessors of one name: [key, getter, setter]; methods are [key, method].
function addPrivate(members, member) {
    var kind = member[1];
    if (kind !== 0) {
        for (var i = 0; i < members.length; i++) {
            if (members[i].key === member[0]) {
                members[i][kind === 1 ? 'get' : 'set'] = member[2];
                return;
            }
        }
    }
    members.push({ key: member[0], method: kind === 0 ? member[2] : undefined,
        get: kind === 1 ? member[2] : undefined, set: kind === 2 ? member[2] : undefined });
}

function installPrivate(object, members) {
    for (var i = 0; i < members.length; i++) {
        var member = members[i];
        if (member.method) {
            natives.addMethod(object, member.key, member.method);
        } else {
            if (natives.has(object, member.key)) {
                throw new TypeError('Cannot initialize private methods of class twice on the same object');
            }
            natives.addAccessor(object, member.key, member.get, member.set);
        }
    }
}

// The function that makes an instance's private methods and fields.
function initializer(methods, runs) {
    if (methods.length === 0 && runs.length === 1) {
        return runs[0];
    }
    return function () {
        installPrivate(this, methods);
        for (var i = 0; i < runs.length; i++) {
            runs[i].call(this);
        }
    };
}

function findConstructor(list) {
    for (var i = 0; list[i] !== 2; i += list[i] >= 5 && list[i] <= 8 ? 3 : 2) {
        // until it is there: the list always has one
    }
    return list[i + 1];
}

function inherit(constructor, parent) {
    if (parent === exports.none) {
        return;
    }
    var prototype = checkParent(parent);
    setPrototypeOf(constructor.prototype, prototype);
    if (parent !== null) {
        setPrototypeOf(constructor, parent);
    }
}

// class(name, parent, list[, setInitializer]): see runtime/lower/classes.js
exports.class = function (name, parent, list, setInitializer) {
    var constructor = findConstructor(list);
    var prototype = constructor.prototype;
    var methods = [];
    var statics = [];
    var runs = [];
    var lates = [];
    inherit(constructor, parent);
    defineProperty(constructor, 'prototype', { writable: false });
    defineProperty(constructor, CLASS, { value: constructor });
    if (name === '' && !constructor.hasOwnProperty('name')) {
        setName(constructor, '');
    }
    for (var i = 0; i < list.length; i += 2) {
        var value = list[i + 1];
        switch (list[i]) {
        case 0: defineMethods(prototype, value); break;
        case 1: defineMethods(constructor, value); break;
        case 3: runs.push(value); break;
        case 4: lates.push(value); break;
        case 5: case 6: defineAccessor(prototype, list[i], value, list[++i + 1], false); break;
        case 7: case 8: defineAccessor(constructor, list[i], value, list[++i + 1], false); break;
        case 10: addPrivate(statics, value); break;
        case 11: addPrivate(methods, value); break;
        }
    }
    installPrivate(constructor, statics);
    if (setInitializer) {
        setInitializer(initializer(methods, runs));
    }
    late = lates.length ? lates : null;
    return constructor;
};

// Runs what the class just made has to run once its name is bound.
exports.run = function (constructor) {
    var runs = late;
    late = null;
    for (var i = 0; runs && i < runs.length; i++) {
        runs[i].call(constructor);
    }
    return constructor;
};

exports.self = function (self) {
    if (self === undefined) {
        throw new ReferenceError("Must call super constructor in derived class before accessing 'this' " +
            'or returning from derived constructor');
    }
    return self;
};

// What `return value` gives back in a derived class's constructor.
exports.result = function (value, self) {
    if (isObject(value)) {
        return value;
    }
    if (value !== undefined) {
        throw new TypeError('Derived constructors may only return object or undefined');
    }
    return exports.self(self);
};

// super(...list) in the constructor of a class: `self` is the object that `new` made.
exports.super = function (constructor, target, self, list, before) {
    var parent = getPrototypeOf(constructor);
    var made;
    if (!natives.isConstructor(parent)) {
        throw new TypeError('Super constructor ' + String(parent) + ' of anonymous class is not a constructor');
    }
    if (natives.isScript(parent)) {
        pending = natives.has(parent, CLASS) ? target : undefined;
        made = parent.apply(self, list);
        made = isObject(made) ? made : self;
    } else {
        made = setPrototypeOf(Reflect.construct(parent, list), target.prototype);
    }
    if (before !== undefined) {
        throw new ReferenceError('Super constructor may only be called once');
    }
    return made;
};

exports.isClass = function (value) {
    return typeof value === 'function' && natives.has(value, CLASS);
};

require('iteration').install(exports, natives);
require('coroutines').install(exports, natives);

// import() in code that is no ES module: `file` is where it stands.
exports.dynamic = function (specifier, options, file) {
    return require('esm').dynamic(specifier, options, file);
};
