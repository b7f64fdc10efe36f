// assert: checks that throw AssertionError. Messages say what was compared; deep comparisons show
// the lines that differ.
'use strict';

const errors = require('errors');
const compare = require('compare');

function inspect(value) {
    return require('inspect').inspect(value, { compact: false, customInspect: false, depth: 1000,
        maxArrayLength: Infinity, showHidden: false, breakLength: Infinity, sorted: true,
        getters: true });
}

// ---- messages -----------------------------------------------------------------------------------

const HEADS = {
    deepStrictEqual: 'Expected values to be strictly deep-equal:',
    strictEqual: 'Expected values to be strictly equal:',
    strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
    deepEqual: 'Expected values to be loosely deep-equal:',
    notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
    notStrictEqual: 'Expected "actual" to be strictly unequal to:',
    notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:'
};

// The lines of both texts, without what they share at the start and the end beyond two lines.
function difference(actual, expected) {
    var first = actual.split('\n');
    var second = expected.split('\n');
    var start = 0;
    while (start < first.length && start < second.length && first[start] === second[start]) {
        start++;
    }
    var end = 0;
    while (end < first.length - start && end < second.length - start &&
        first[first.length - 1 - end] === second[second.length - 1 - end]) {
        end++;
    }
    var from = Math.max(0, start - 2);
    var lines = from > 0 ? ['...'] : [];
    function add(list, mark) {
        list.forEach(function (line) {
            lines.push(mark + line);
        });
    }
    add(first.slice(from, start), '  ');
    add(first.slice(start, first.length - end), '+ ');
    add(second.slice(start, second.length - end), '- ');
    add(first.slice(first.length - end, first.length - end + 2), '  ');
    if (end > 2) {
        lines.push('...');
    }
    return lines.join('\n');
}

function isObject(value) {
    return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function messageOf(operator, actual, expected) {
    var first = inspect(actual);
    var second = inspect(expected);
    if (operator === '==' || operator === '!=') {
        return first + ' ' + operator + ' ' + second;
    }
    if (operator.slice(0, 3) === 'not') {
        return HEADS[operator] + (first.indexOf('\n') < 0 ? ' ' + first : '\n\n' + first);
    }
    if (operator === 'strictEqual' && !isObject(actual) && !isObject(expected) &&
        (actual !== 0 || expected !== 0) && first.length + second.length < 60) {
        return HEADS.strictEqual + '\n\n' + first + ' !== ' + second + '\n';
    }
    if (first === second) {
        return (operator === 'strictEqual' ? 'Values have same structure but are not reference-equal:' :
            HEADS[operator]) + '\n\n' + first + '\n';
    }
    var head = operator === 'strictEqual' && isObject(actual) && isObject(expected) ?
        HEADS.strictEqualObject : HEADS[operator];
    return head + '\n+ actual - expected\n\n' + difference(first, second);
}

// ---- AssertionError -----------------------------------------------------------------------------

function AssertionError(options) {
    if (options === null || typeof options !== 'object') {
        throw errors.invalidType('options', 'of type object', options);
    }
    var message = options.message !== undefined ? String(options.message) :
        messageOf(options.operator, options.actual, options.expected);
    Object.defineProperty(this, 'message', { value: message, writable: true, configurable: true });
    Object.defineProperty(this, 'name',
        { value: 'AssertionError', writable: true, configurable: true });
    this.generatedMessage = options.message === undefined;
    this.code = 'ERR_ASSERTION';
    this.actual = options.actual;
    this.expected = options.expected;
    this.operator = options.operator;
    Error.captureStackTrace(this, options.stackStartFn || AssertionError);
    this.stack = this.stack.replace(/^AssertionError/, 'AssertionError [ERR_ASSERTION]');
}

AssertionError.prototype = Object.create(Error.prototype, {
    constructor: { value: AssertionError, writable: true, configurable: true }
});

function refuse(caller, operator, actual, expected, message) {
    if (message instanceof Error) {
        throw message;
    }
    throw new AssertionError({ message: message, actual: actual, expected: expected,
        operator: operator, stackStartFn: caller });
}

// ---- truth and equality -------------------------------------------------------------------------

function assert(value, message) {
    if (!value) {
        refuseFalse(assert, arguments.length, value, message);
    }
}

function refuseFalse(caller, count, value, message) {
    if (count === 0) {
        message = 'No value argument passed to `assert.ok()`';
    } else if (message === undefined) {
        message = 'The expression evaluated to a falsy value: ' + inspect(value);
    }
    refuse(caller, '==', value, true, message);
}

assert.ok = function ok(value, message) {
    if (!value) {
        refuseFalse(ok, arguments.length, value, message);
    }
};

function looselyEqual(a, b) {
    return a == b || (a !== a && b !== b);
}

function not(test) {
    return function (a, b) {
        return !test(a, b);
    };
}

function comparison(name, operator, test) {
    function check(actual, expected, message) {
        if (arguments.length < 2) {
            throw errors.coded(TypeError, 'ERR_MISSING_ARGS',
                'The "actual" and "expected" arguments must be specified');
        }
        if (!test(actual, expected)) {
            refuse(check, operator, actual, expected, message);
        }
    }
    Object.defineProperty(check, 'name', { value: name });
    assert[name] = check;
}

comparison('equal', '==', looselyEqual);
comparison('notEqual', '!=', not(looselyEqual));
comparison('strictEqual', 'strictEqual', Object.is);
comparison('notStrictEqual', 'notStrictEqual', not(Object.is));
comparison('deepEqual', 'deepEqual', compare.isDeepEqual);
comparison('notDeepEqual', 'notDeepEqual', not(compare.isDeepEqual));
comparison('deepStrictEqual', 'deepStrictEqual', compare.isDeepStrictEqual);
comparison('notDeepStrictEqual', 'notDeepStrictEqual', not(compare.isDeepStrictEqual));

assert.fail = function fail(message) {
    refuse(fail, 'fail', undefined, undefined, message === undefined ? 'Failed' : message);
};

assert.ifError = function ifError(value) {
    if (value !== null && value !== undefined) {
        refuse(ifError, 'ifError', value, null, 'ifError got unwanted exception: ' +
            (value instanceof Error ? value.message : inspect(value)));
    }
};

function matching(name, isWanted, words) {
    function check(text, pattern, message) {
        if (!(pattern instanceof RegExp)) {
            throw errors.invalidType('regexp', 'an instance of RegExp', pattern);
        }
        if (typeof text !== 'string' || pattern.test(text) !== isWanted) {
            refuse(check, name, text, pattern, message !== undefined ? message :
                typeof text !== 'string' ? 'The "string" argument must be of type string. Received ' +
                'type ' + typeof text + ' (' + inspect(text) + ')' :
                    'The input ' + words + ' the regular expression ' + inspect(pattern) +
                    '. Input:\n\n' + inspect(text) + '\n');
        }
    }
    Object.defineProperty(check, 'name', { value: name });
    assert[name] = check;
}

matching('match', true, 'did not match');
matching('doesNotMatch', false, 'was expected to not match');

// ---- throwing -----------------------------------------------------------------------------------

function matchesShape(error, shape, message, caller) {
    var keys = Object.keys(shape);
    if (shape instanceof Error) {
        keys.push('name', 'message');
    }
    if (keys.length === 0) {
        throw errors.coded(TypeError, 'ERR_INVALID_ARG_VALUE',
            "The argument 'error' may not be an empty object. Received {}");
    }
    keys.forEach(function (key) {
        var isGood = typeof error[key] === 'string' && shape[key] instanceof RegExp ?
            shape[key].test(error[key]) :
            key in error && compare.isDeepStrictEqual(error[key], shape[key]);
        if (!isGood) {
            refuse(caller, caller.name, error, shape, message !== undefined ? message :
                'The error\'s "' + key + '" is not as expected:\n+ actual - expected\n\n' +
                difference(inspect(error[key]), inspect(shape[key])));
        }
    });
}

function matchesError(error, expected, message, caller) {
    if (expected instanceof RegExp) {
        if (!expected.test(String(error))) {
            refuse(caller, caller.name, error, expected, message !== undefined ? message :
                'The input did not match the regular expression ' + inspect(expected) +
                '. Input:\n\n' + inspect(String(error)) + '\n');
        }
    } else if (typeof expected === 'object') {
        matchesShape(error, expected, message, caller);
    } else if (expected.prototype === undefined || !(error instanceof expected)) {
        if (expected === Error || Error.isPrototypeOf(expected) ||
            (expected.prototype && expected.prototype instanceof Error)) {
            refuse(caller, caller.name, error, expected, message !== undefined ? message :
                'The error is expected to be an instance of "' + expected.name + '". Received ' +
                (error instanceof Error ? '"' + error.name + '"\n\nError message:\n\n' +
                error.message : inspect(error)));
        }
        if (expected.call({}, error) !== true) {
            refuse(caller, caller.name, error, expected, message !== undefined ? message :
                'The ' + (expected.name ? '"' + expected.name + '" ' : '') +
                'validation function is expected to return "true". Received ' +
                inspect(expected.call({}, error)));
        }
    }
}

function caught(method) {
    errors.requireFunction(method, 'fn');
    try {
        method();
    } catch (error) {
        return { error: error };
    }
    return null;
}

assert.throws = function throws(method, expected, message) {
    if (typeof expected === 'string') {
        message = expected;
        expected = undefined;
    }
    var result = caught(method);
    if (!result) {
        refuse(throws, 'throws', undefined, expected, 'Missing expected exception' +
            (expected && expected.name ? ' (' + expected.name + ')' : '') +
            (message ? ': ' + message : '.'));
    }
    if (expected) {
        matchesError(result.error, expected, message, throws);
    }
};

assert.doesNotThrow = function doesNotThrow(method, expected, message) {
    if (typeof expected === 'string') {
        message = expected;
        expected = undefined;
    }
    var result = caught(method);
    if (!result) {
        return;
    }
    if (expected && !(result.error instanceof expected)) {
        throw result.error;
    }
    refuse(doesNotThrow, 'doesNotThrow', result.error, expected, 'Got unwanted exception' +
        (message ? ': ' + message : '.') + '\nActual message: "' +
        (result.error && result.error.message) + '"');
};

// ---- promises -----------------------------------------------------------------------------------

function isThenable(value) {
    return value !== null && typeof value === 'object' && typeof value.then === 'function' &&
        typeof value.catch === 'function';
}

function promiseOf(given) {
    if (typeof given !== 'function') {
        if (!isThenable(given)) {
            throw errors.invalidType('promiseFn', 'of type function or an instance of Promise', given);
        }
        return given;
    }
    var result = given();
    if (!isThenable(result)) {
        throw errors.coded(TypeError, 'ERR_INVALID_RETURN_VALUE', 'Expected instance of Promise to be ' +
            'returned from the "promiseFn" function but got ' + errors.received(result) + '.');
    }
    return result;
}

// What became of the promise: { error } or null. Faults of the call reject.
function outcome(given) {
    return new Promise(function (resolve) {
        resolve(promiseOf(given).then(function () { return null; },
            function (error) { return { error: error }; }));
    });
}

assert.rejects = function rejects(given, expected, message) {
    if (typeof expected === 'string') {
        message = expected;
        expected = undefined;
    }
    return outcome(given).then(function (result) {
        if (!result) {
            refuse(rejects, 'rejects', undefined, expected, 'Missing expected rejection' +
                (expected && expected.name ? ' (' + expected.name + ')' : '') +
                (message ? ': ' + message : '.'));
        }
        if (expected) {
            matchesError(result.error, expected, message, rejects);
        }
    });
};

assert.doesNotReject = function doesNotReject(given, expected, message) {
    if (typeof expected === 'string') {
        message = expected;
        expected = undefined;
    }
    return outcome(given).then(function (result) {
        if (!result) {
            return;
        }
        if (expected && !(result.error instanceof expected)) {
            throw result.error;
        }
        refuse(doesNotReject, 'doesNotReject', result.error, expected, 'Got unwanted rejection' +
            (message ? ': ' + message : '.') + '\nActual message: "' +
            (result.error && result.error.message) + '"');
    });
};

assert.AssertionError = AssertionError;
assert.strict = Object.assign(function strict(value, message) {
    if (!value) {
        refuseFalse(strict, arguments.length, value, message);
    }
}, assert, {
    equal: assert.strictEqual,
    notEqual: assert.notStrictEqual,
    deepEqual: assert.deepStrictEqual,
    notDeepEqual: assert.notDeepStrictEqual
});
assert.strict.strict = assert.strict;
module.exports = assert;
