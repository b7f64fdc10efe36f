// Functions of every kind: arrows, parameters that are more than names, async functions and
// generators (whose body runs on a coroutine: see js/lowered.js), and what they are called. What the
// engine has no syntax for, it is told by a directive: "use lowered p1@20,30 name" makes a function that is
// not a constructor (p; c leaves it one), has length 1, stands in the source from 20 to 30 and has that
// name. What the engine knows itself is left out.
import { current, enter, leave } from './context.js';
import { copyTo, find, put, skipTo, sync, text } from './editor.js';
import { visitClass } from './classes.js';
import { fresh } from './naming.js';
import { bindPattern, expression } from './patterns.js';
import { hasUseStrict } from './tree.js';
import { aliases, nameOf } from './variables.js';
import { register, visit, visitStatement } from './visit.js';
import { isSimple } from './scopes.js';

var NAMEABLE = /^[^"\\\x00-\x1f\u2028\u2029]*$/;

// An anonymous function or class that is called `name`.
export function visitNamed(node, name) {
    if (node.type === 'ClassExpression') {
        visitClass(node, name);
    } else {
        visitFunction(node, { name: name });
    }
}

function lengthOf(params) {
    for (var i = 0; i < params.length; i++) {
        if (params[i].type === 'AssignmentPattern' || params[i].type === 'RestElement') {
            return i;
        }
    }
    return params.length;
}

function isPlain(node, how) {
    return node.type === 'ArrowFunctionExpression' || node.async || node.generator || how.isMethod === true;
}

// The directive, where one is needed.
function metadata(node, how, names) {
    var length = lengthOf(node.params);
    var name = how.name !== undefined && NAMEABLE.test(how.name) && !node.id ? how.name : undefined;
    var hasSyntax = how.isShorthand === true; // the engine makes it plain and names it
    var isPlainFunction = isPlain(node, how) && !hasSyntax;
    var isKnown = !isPlainFunction && length === names.length && name === undefined;
    return '"use lowered ' + (isPlainFunction ? 'p' : 'c') + (isKnown ? '' : length) +
        rangeText(how.whole || node) + (name !== undefined ? ' ' + name : '') + '";';
}

// Where the function stands in the source: of a method all of it, of a constructor its class.
export function rangeText(node) {
    var start = node.start;
    if (node.static === true) {
        start += /^static\s*/.exec(text(start, node.end))[0].length;
    }
    return '@' + start + ',' + node.end;
}

// The names the function gets in place of its parameters.
function parameterNames(node) {
    var names = [];
    node.params.forEach(function (param) {
        var target = param.type === 'AssignmentPattern' ? param.left : param;
        if (target.type === 'Identifier') {
            names.push(nameOf(target));
        } else if (target.type !== 'RestElement') {
            param.temporary = fresh('');
            names.push(param.temporary);
        }
    });
    return names;
}

// What the parameters' defaults, patterns and rest become: statements at the body's start.
function putParameters(node, argumentsText) {
    node.params.forEach(function (param, index) {
        var isDefault = param.type === 'AssignmentPattern';
        var target = isDefault ? param.left : param;
        if (target.type === 'RestElement') {
            putRest(target, index, argumentsText);
            return;
        }
        var name = target.type === 'Identifier' ? nameOf(target) : param.temporary;
        if (isDefault) {
            sync(param.start);
            put('if (' + name + ' === void 0) ' + name + ' = ' +
                expression(param.right, target.type === 'Identifier' && isNamedBy(param.right) ?
                    target.name : undefined) + ';');
        }
        if (target.type !== 'Identifier') {
            putPattern(target, name);
        }
    });
}

function isNamedBy(node) {
    return !node.id && (node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression' ||
        node.type === 'ClassExpression');
}

function putPattern(pattern, name) {
    var list = [];
    bindPattern(pattern, name, 'var', list);
    if (list.length) {
        put('var ' + list.join(', ') + ';');
    }
}

function putRest(rest, index, argumentsText) {
    var isName = rest.argument.type === 'Identifier';
    var name = isName ? nameOf(rest.argument) : fresh('');
    put('var ' + name + ' = $lowered.rest(' + argumentsText + ', ' + index + ');');
    if (!isName) {
        putPattern(rest.argument, name);
    }
}

function aliasesOf(fn) {
    var list = [];
    if (fn.needs.self && !fn.isField) {
        list.push(aliases.self + ' = this');
    }
    if (fn.needs.args) {
        list.push(aliases.args + (fn.isUnmapped ? ' = $lowered.unmapped(arguments)' : ' = arguments'));
    }
    if (fn.needs.target && !fn.isConstructor) {
        list.push(aliases.target + ' = new.target');
    }
    return list.length && !fn.isArrow ? 'var ' + list.join(', ') + ';' : '';
}

// The directive of a function that stands for a part of `fn`: in a stack it has its name.
export function inner(fn) {
    return '"use lowered p0' + (fn.name !== undefined && NAMEABLE.test(fn.name) ? ' ' + fn.name : '') + '";';
}

// Marks the generators and async functions that are declared in this scope.
export function putMarks(scope) {
    if (scope && scope.functions) {
        scope.functions.forEach(function (node) {
            put(marker(node) + '(' + nameOf(node.id) + ');');
        });
    }
}

function marker(node) {
    return '$lowered.' + (node.generator ? node.async ? 'asyncGeneratorFunction' : 'generatorFunction' :
        'asyncFunction');
}

function starter(node) {
    if (node.generator) {
        return node.async ? '$lowered.asyncGenerator' : '$lowered.generator';
    }
    return node.fn.hasAwait ? '$lowered.async' : '$lowered.settled';
}

// Directives of the source, then what has to be done first.
function putPrologue(node, how, names) {
    put(metadata(node, how, names));
    var body = node.body;
    if (how.isStrict && !(body.type === 'BlockStatement' && hasUseStrict(body.body))) {
        put('"use strict";');
    }
    if (body.type === 'BlockStatement') {
        skipTo(body.start + 1);
        for (var i = 0; i < body.body.length && body.body[i].directive !== undefined; i++) {
            copyTo(body.body[i].end);
            put(';');
        }
    }
    put(how.start || '');
    put(aliasesOf(node.fn));
}

// Where the body begins for the editor: behind what stood in front of it.
function bodyStart(node) {
    if (node.body.type === 'BlockStatement') {
        return node.body.start;
    }
    var last = node.params.length ? node.params[node.params.length - 1].end : node.start;
    return find('=>', last) + 2;
}

function putBody(node) {
    if (node.body.type === 'BlockStatement') {
        putMarks(node.body.scope);
        node.body.body.forEach(visitStatement);
        copyTo(node.body.end - 1);
    } else {
        put('return (');
        visit(node.body);
        copyTo(node.end);
        put(')');
    }
}

// From the opening parenthesis to the closing brace.
export function visitParamsAndBody(node, how) {
    var isCoroutine = node.async || node.generator;
    var fn = node.fn;
    var hasRest = node.params.length > 0 && node.params[node.params.length - 1].type === 'RestElement';
    var argumentsText = 'arguments';
    if (isCoroutine && hasRest && fn.isArrow) {
        argumentsText = fresh('args'); // the alias is its owner's arguments, which it may use as well
    } else if (isCoroutine && hasRest) {
        fn.needs.args = true;
    }
    if (node.params.length) {
        sync(node.params[0].start);
    }
    var names = parameterNames(node);
    put('(' + names.join(', ') + ') {');
    enter(fn, 'function');
    fn.name = node.id ? node.id.name : how.name;
    skipTo(bodyStart(node));
    putPrologue(node, how, names);
    if (fn.needs.args && !fn.isArrow) {
        argumentsText = aliases.args;
    } else if (argumentsText !== 'arguments') {
        put('var ' + argumentsText + ' = arguments;');
    }
    var isLate = isCoroutine && !node.generator; // an async function's parameters may reject it
    if (!isSimple(node.params) && !isLate) {
        putParameters(node, argumentsText);
    }
    if (isCoroutine) {
        put('return ' + starter(node) + '(function () {' + inner(fn));
    }
    if (!isSimple(node.params) && isLate) {
        putParameters(node, argumentsText);
    }
    putBody(node);
    put(how.end || '');
    leave();
    if (isCoroutine) {
        put('});');
    }
    put('}');
    skipTo(node.end);
}

// how: name, the inferred one; isMethod, isStrict; whole, the method or class it belongs to; start and
// end, texts of constructors.
export function visitFunction(node, how) {
    how = how || {};
    var isMarked = (node.async || node.generator) && node.type !== 'FunctionDeclaration';
    copyTo(node.start);
    put((isMarked ? marker(node) + '(' : '') + 'function');
    if (node.id) {
        put(' ' + nameOf(node.id));
    } else if (how.declares) {
        put(' ' + how.declares);
    } else {
        put(' ');
    }
    visitParamsAndBody(node, how);
    if (isMarked) {
        put(')');
    }
}

register({
    FunctionExpression: visitFunction,
    ArrowFunctionExpression: visitFunction,
    FunctionDeclaration: function (node) {
        visitFunction(node);
        if (node.outer) {
            put(' ' + node.outer.out + ' = ' + nameOf(node.id) + ';');
        }
    },
    YieldExpression: function (node) {
        var isAsync = current.fn.node.async;
        copyTo(node.start);
        put(node.delegate ? isAsync ? '$lowered.asyncDelegate(' : '$lowered.delegate(' :
            isAsync ? '$lowered.asyncYield(' : '$lowered.yield(');
        skipTo(node.argument ? afterYield(node) : node.end);
        if (node.argument) {
            visit(node.argument);
            copyTo(node.end);
        }
        put(')');
    },
    AwaitExpression: function (node) {
        copyTo(node.start);
        put('$lowered.await(');
        skipTo(node.start + 5);
        visit(node.argument);
        copyTo(node.end);
        put(')');
    }
});

function afterYield(node) {
    return node.delegate ? find('*', node.start) + 1 : node.start + 5;
}
