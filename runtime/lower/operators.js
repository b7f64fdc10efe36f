// Assignments of every kind, ++ and --, ??, `#x in o`.
import { temp } from './context.js';
import { copyTo, find, put, skipTo, sync } from './editor.js';
import { expressionText, isRepeatable, isSpecial, privateKey, specialParts } from './members.js';
import { expression, visitPatternAssignment } from './patterns.js';
import { isAnonymous } from './tree.js';
import { assignment, isConstant, nameOf, quote, readOf, visitInit } from './variables.js';
import { register, visit } from './visit.js';

var LOGICAL = { '??=': true, '||=': true, '&&=': true };

// Puts the right side from behind the operator to the node's end.
function putRight(node, name) {
    skipTo(find(node.operator, node.left.end) + node.operator.length);
    if (name !== undefined && isAnonymous(node.right)) {
        visitInit(node.right, name);
    } else {
        visit(node.right);
    }
    copyTo(node.end);
}

function visitNameAssignment(node) {
    var left = node.left;
    var isPlain = !isConstant(left) && !left.isChecked;
    if (isPlain) {
        copyTo(left.start);
        put(nameOf(left));
        skipTo(left.end);
        copyTo(find(node.operator, left.end));
        put(node.operator);
        putRight(node, node.operator === '=' ? left.name : undefined);
        return;
    }
    copyTo(node.start);
    var before = node.operator === '=' ? '' : readOf(left) + ' ' + node.operator.slice(0, -1) + ' ';
    if (isConstant(left)) {
        put('$lowered.constant(' + quote(left.name) + ', ' + before + '(');
    } else {
        put('(' + nameOf(left) + ' = $lowered.initialized(' + left.binding.flag + ', ' + quote(left.name) +
            ', ' + before + '(');
    }
    putRight(node, left.name);
    put(isConstant(left) ? '))' : ')))');
}

function visitSpecialAssignment(node) {
    copyTo(node.start);
    var parts = specialParts(node.left);
    var mark = '\u0000';
    var pieces = parts.set(mark).split(mark);
    var isPlain = node.operator === '=';
    put('(' + parts.before + pieces[0] +
        (isPlain ? '(' : parts.get + ' ' + node.operator.slice(0, -1) + ' ('));
    putRight(node);
    put(')' + pieces[1] + ')');
}

// What a member assignment needs: how to read it and how to write it, its object evaluated once.
function memberParts(node) {
    if (isSpecial(node)) {
        return specialParts(node);
    }
    var before = '';
    var object = expressionText(node.object);
    if (!isRepeatable(node.object)) {
        var held = temp();
        before = held + ' = ' + object + ', ';
        object = held;
    }
    var access = '.' + node.property.name;
    if (node.computed) {
        var key = temp();
        before += key + ' = ' + expression(node.property) + ', ';
        access = '[' + key + ']';
    }
    return {
        before: before,
        get: object + access,
        set: function (value) {
            return object + access + ' = ' + value;
        }
    };
}

function visitLogicalAssignment(node) {
    var left = node.left;
    copyTo(node.start);
    var isName = left.type === 'Identifier';
    var parts = isName ? {
        before: '',
        get: readOf(left),
        set: function (value) {
            return assignment(left, value);
        }
    } : memberParts(left);
    var pieces = parts.set('\u0000').split('\u0000');
    put('(' + parts.before);
    if (node.operator === '??=') {
        var held = temp();
        put('(' + held + ' = ' + parts.get + ') != null ? ' + held + ' : (');
    } else {
        put(parts.get + ' ' + node.operator.slice(0, 2) + ' (');
    }
    put(pieces[0] + '(');
    putRight(node, isName ? left.name : undefined);
    put(')' + (pieces[1] || '') + '))');
}

function visitAssignment(node) {
    if (node.left.type === 'ArrayPattern' || node.left.type === 'ObjectPattern') {
        visitPatternAssignment(node);
    } else if (LOGICAL[node.operator]) {
        visitLogicalAssignment(node);
    } else if (node.left.type === 'Identifier') {
        visitNameAssignment(node);
    } else if (isSpecial(node.left)) {
        visitSpecialAssignment(node);
    } else {
        visit(node.left);
        visit(node.right);
    }
}

// ++ and -- on names that may not be written and on members the engine doesn't know
function visitUpdate(node) {
    var target = node.argument;
    if (target.type === 'Identifier' ? !isConstant(target) && !target.isChecked : !isSpecial(target)) {
        if (target.type === 'Identifier') {
            copyTo(target.start);
            sync(target.start); // no line break before the operator
            put(nameOf(target));
            skipTo(target.end);
        } else {
            visit(target);
        }
        return;
    }
    copyTo(node.start);
    var held = temp();
    var change = held + (node.operator === '++' ? ' + 1' : ' - 1');
    var parts = target.type !== 'Identifier' ? specialParts(target) : {
        before: '',
        get: readOf(target),
        set: function (value) {
            return assignment(target, value);
        }
    };
    put('(' + parts.before + held + ' = +' + parts.get + ', ' + parts.set(change) +
        (node.prefix ? '' : ', ' + held) + ')');
    skipTo(node.end);
}

function visitCoalesce(node) {
    copyTo(node.start);
    var isName = isRepeatable(node.left) && node.left.type === 'Identifier';
    var held = isName ? nameOf(node.left) : temp();
    put(isName ? '(' : '((' + held + ' = ');
    visit(node.left);
    copyTo(find('??', node.left.end));
    put((isName ? '' : ')') + ' != null ? ' + held + ' : ');
    skipTo(find('??', node.left.end) + 2);
    put('(');
    visit(node.right);
    copyTo(node.end);
    put('))');
}

register({
    AssignmentExpression: visitAssignment,
    UpdateExpression: visitUpdate,
    LogicalExpression: function (node) {
        if (node.operator === '??') {
            visitCoalesce(node);
        } else {
            visit(node.left);
            visit(node.right);
        }
    },
    BinaryExpression: function (node) {
        if (node.operator === '**' && node.left.type === 'UpdateExpression' && node.left.prefix) {
            copyTo(node.left.start); // the engine would read --(a ** b)
            put('(');
            visit(node.left);
            copyTo(node.left.end);
            put(')');
            visit(node.right);
            return;
        }
        if (node.left.type !== 'PrivateIdentifier') {
            visit(node.left);
            visit(node.right);
            return;
        }
        copyTo(node.start);
        put('$lowered.has(');
        skipTo(find('in', node.left.end) + 2);
        visit(node.right);
        copyTo(node.end);
        put(', ' + privateKey(node.left.name) + ')');
    }
});
