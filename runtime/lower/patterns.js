// Destructuring: a pattern becomes a list of assignments from a name that holds the value. Arrays are
// read by index, other iterables into an array first.
import { temp } from './context.js';
import { capture, copyTo, put, skipTo, find, text } from './editor.js';
import { isAnonymous } from './tree.js';
import { assignment, flagged, nameOf, quote, visitInit } from './variables.js';
import { assignMember } from './members.js';
import { register, visit } from './visit.js';

// An expression as text, taken out of its place.
export function expression(node, name) {
    return capture(node.start, function () {
        if (name !== undefined) {
            visitInit(node, name);
        } else {
            visit(node);
        }
        copyTo(node.end);
    });
}

function bindTarget(node, value, mode, list) {
    if (node.type === 'Identifier') {
        if (mode === 'var') {
            list.push(nameOf(node) + ' = ' + value + flagged(node));
        } else {
            list.push(assignment(node, value));
        }
    } else {
        list.push(assignMember(node, value));
    }
}

function bindDefault(node, value, mode, list) {
    var held = value;
    if (!/^[\w$]+$/.test(value)) {
        held = temp();
        list.push(held + ' = ' + value);
    }
    var name = node.left.type === 'Identifier' && isAnonymous(node.right) ? node.left.name : undefined;
    bindPattern(node.left, held + ' === void 0 ? ' + wrapped(node.right, name) + ' : ' + held, mode, list);
}

// An expression that may be an operand: an assignment or a sequence needs parentheses.
function wrapped(node, name) {
    var string = expression(node, name);
    return '(' + string + ')';
}

function bindObject(pattern, value, mode, list) {
    var keys = [];
    var properties = pattern.properties;
    var hasRest = properties.length > 0 && properties[properties.length - 1].type === 'RestElement';
    if (properties.length === 0 || properties[0].computed || properties[0].type === 'RestElement') {
        list.push(temp() + ' = $lowered.object(' + value + ')');
    }
    properties.forEach(function (property) {
        if (property.type === 'RestElement') {
            bindPattern(property.argument, '$lowered.omit(' + value + ', [' + keys.join(', ') + '])', mode,
                list);
            return;
        }
        var access = keyAccess(property, hasRest, keys, list);
        bindPattern(property.value, value + access, mode, list);
    });
}

function keyAccess(property, hasRest, keys, list) {
    var key = property.key;
    if (property.computed) {
        var string = expression(key);
        if (hasRest) {
            var held = temp();
            list.push(held + ' = $lowered.key(' + string + ')');
            keys.push(held);
            return '[' + held + ']';
        }
        return '[' + string + ']';
    }
    if (key.type === 'Identifier') {
        keys.push(quote(key.name));
        return '.' + key.name;
    }
    keys.push(quote(String(key.value)));
    return '[' + quote(key.value) + ']';
}

function bindArray(pattern, value, mode, list, isArray) {
    var elements = pattern.elements;
    var hasRest = elements.length > 0 && elements[elements.length - 1] &&
        elements[elements.length - 1].type === 'RestElement';
    var held = value;
    if (!isArray) {
        held = temp();
        list.push(held + ' = $lowered.array(' + value + ', ' + (hasRest ? -1 : elements.length) + ')');
    }
    elements.forEach(function (element, index) {
        if (!element) {
            return;
        }
        if (element.type === 'RestElement') {
            bindPattern(element.argument, '$lowered.slice(' + held + ', ' + index + ')', mode, list, true);
        } else {
            bindPattern(element, held + '[' + index + ']', mode, list);
        }
    });
}

// Pushes to `list` what assigns the parts of `value`, a side-effect-free text, to the targets.
// mode: 'var' for declarations, 'assign' for assignments. isArray: value is a plain, new array.
export function bindPattern(pattern, value, mode, list, isArray) {
    switch (pattern.type) {
    case 'AssignmentPattern':
        bindDefault(pattern, value, mode, list);
        return;
    case 'ObjectPattern':
    case 'ArrayPattern':
        break;
    default:
        bindTarget(pattern, value, mode, list);
        return;
    }
    if (!/^[\w$]+$/.test(value) || value === 'this') {
        var held = temp();
        list.push(held + ' = ' + value);
        value = held;
    }
    if (pattern.type === 'ObjectPattern') {
        bindObject(pattern, value, mode, list);
    } else {
        bindArray(pattern, value, mode, list, isArray);
    }
}

// [a, b] = right, as an expression
export function visitPatternAssignment(node) {
    var value = temp();
    var list = [];
    copyTo(node.start);
    put('(' + value + ' =');
    skipTo(find('=', node.left.end) + 1);
    visit(node.right);
    copyTo(node.end);
    bindPattern(node.left, value, 'assign', list, node.right.type === 'ArrayExpression');
    put((list.length ? ', ' : '') + list.join(', ') + ', ' + value + ')');
}
