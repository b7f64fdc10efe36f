// Member access that the engine lacks: super.x, obj.#x, optional chains; and calls on them.
import { temp } from './context.js';
import { capture, copyTo, find, put, skipTo, sync, text } from './editor.js';
import { quote, renamesAt, self } from './variables.js';
import { putChain } from './chains.js';
import { ownerFn, register, visit } from './visit.js';

// ---- keys ---------------------------------------------------------------------------------------

export function expressionText(node) {
    return capture(node.start, function () {
        visit(node);
        copyTo(node.end);
    });
}

function keyText(node) {
    return node.computed ? expressionText(node.property) : quote(node.property.name);
}

export function isPrivate(node) {
    return node.type === 'MemberExpression' && node.property.type === 'PrivateIdentifier';
}

export function isSuper(node) {
    return node.type === 'MemberExpression' && node.object.type === 'Super';
}

var privates = []; // of the classes around, innermost last: { name: { key, owners } }

export function enterClass(names) {
    privates.push(names);
}

export function leaveClass() {
    privates.pop();
}

function findPrivate(name) {
    for (var i = privates.length - 1; i >= 0; i--) {
        if (privates[i][name]) {
            return privates[i][name];
        }
    }
    return { key: 'void 0', owners: '' };
}

export function privateKey(name) {
    return findPrivate(name).key;
}

// What errors say of a private name: itself, and for methods and accessors which objects have it.
export function privateLabel(name) {
    var owners = findPrivate(name).owners;
    return quote('#' + name) + (owners ? ', ' + quote(owners) : '');
}

function homeText() {
    return ownerFn().home;
}

export function superGet(node) {
    return '$lowered.superGet(' + homeText() + ', ' + keyText(node) + ', ' + self(node.object) + ')';
}

// Names that the engine reads; it doesn't know all letters that newer Unicode has.
var PLAIN = /^[\w$]+$/;

// ---- reading ------------------------------------------------------------------------------------

// An object that may be written twice without effect.
export function isRepeatable(node) {
    return node.type === 'ThisExpression' ||
        node.type === 'Identifier' && !node.isChecked && node.binding !== undefined &&
        node.binding.kind !== 'import';
}

// Puts the private member of an object whose text is `object`.
export function privateGet(object, node) {
    var key = privateKey(node.property.name);
    return '$lowered.get(' + object + ', ' + key + ', ' + privateLabel(node.property.name) + ')';
}

function visitMember(node) {
    if (isSuper(node)) {
        copyTo(node.start);
        put(superGet(node));
        skipTo(node.end);
        return;
    }
    if (isPrivate(node)) {
        copyTo(node.start);
        put('$lowered.get(');
        visit(node.object);
        copyTo(node.object.end);
        copyParens(node.object.end, node.property.start);
        put(', ' + privateKey(node.property.name) + ', ' + privateLabel(node.property.name) + ')');
        skipTo(node.end);
        return;
    }
    visit(node.object);
    if (node.computed) {
        visit(node.property);
    } else if (!PLAIN.test(node.property.name)) {
        copyTo(find('.', node.object.end));
        put('[' + quote(node.property.name) + ']');
        skipTo(node.end);
    }
}

// What stands between an object and its `.` or `?.`: closing parentheses and comments.
function copyParens(from, to) {
    var dot = find('.', from);
    copyTo(text(dot - 1, dot) === '?' ? dot - 1 : dot);
    skipTo(to);
}

// `target = value` for a member expression as target of a pattern
export function assignMember(node, value) {
    if (isSuper(node)) {
        return '$lowered.superSet(' + homeText() + ', ' + keyText(node) + ', ' + value + ', ' +
            self(node.object) + ')';
    }
    if (isPrivate(node)) {
        return '$lowered.set(' + expressionText(node.object) + ', ' + privateKey(node.property.name) +
            ', ' + value + ', ' + privateLabel(node.property.name) + ')';
    }
    return expressionText(node) + ' = ' + value;
}

export function isSpecial(node) {
    return node.type === 'MemberExpression' && (isSuper(node) || isPrivate(node));
}

// ---- writing to super.x and obj.#x --------------------------------------------------------------

// The parts of a special member for a read and a write: the object and a computed key are evaluated
// once. -> { before, get, set(value) }
export function specialParts(node) {
    if (isSuper(node)) {
        return superParts(node);
    }
    var object = expressionText(node.object);
    var before = '';
    if (!isRepeatable(node.object)) {
        var held = temp();
        before = held + ' = ' + object + ', ';
        object = held;
    }
    return {
        before: before,
        get: privateGet(object, node),
        set: function (value) {
            return '$lowered.set(' + object + ', ' + privateKey(node.property.name) + ', ' + value +
                ', ' + privateLabel(node.property.name) + ')';
        }
    };
}

function superParts(node) {
    var key = keyText(node);
    var before = '';
    var home = homeText();
    var selfText = self(node.object);
    if (node.computed) {
        var held = temp();
        before = held + ' = $lowered.key(' + key + '), ';
        key = held;
    }
    return {
        before: before,
        get: '$lowered.superGet(' + home + ', ' + key + ', ' + selfText + ')',
        set: function (value) {
            return '$lowered.superSet(' + home + ', ' + key + ', ' + value + ', ' + selfText + ')';
        }
    };
}

// ---- calls and optional chains ------------------------------------------------------------------

// Puts the callee so that what follows may be `.call(` or `.apply(`; returns the text of `this`.
// wanted: whether the receiver is needed.
function putCallee(callee) {
    skipTo(callee.start);
    if (callee.type === 'ChainExpression') {
        return putChain(callee.expression, { isCallee: true });
    }
    if (callee.type !== 'MemberExpression') {
        put(callee.type === 'Identifier' ? '' : '(');
        visit(callee);
        copyTo(callee.end);
        put(callee.type === 'Identifier' ? '' : ')');
        return 'void 0';
    }
    if (isSuper(callee)) {
        put(superGet(callee));
        skipTo(callee.end);
        return self(callee.object);
    }
    return putMethod(callee);
}

function putMethod(callee) {
    var object = callee.object;
    var receiver;
    var isHeld = !isRepeatable(object);
    if (isPrivate(callee)) {
        put('$lowered.get(');
    }
    if (isHeld) {
        receiver = temp();
        put('(' + receiver + ' = ');
    }
    visit(object);
    copyTo(object.end);
    if (!isHeld) {
        receiver = expressionText(object);
    }
    copyParensOrBracket(callee);
    if (isHeld) {
        put(')');
    }
    if (isPrivate(callee)) {
        put(', ' + privateKey(callee.property.name) + ', ' + privateLabel(callee.property.name) + ')');
        skipTo(callee.end);
        return receiver;
    }
    if (callee.computed) {
        visit(callee.property);
    }
    copyTo(callee.end);
    return receiver;
}

// Closing parentheses behind the object; what is left begins with `.` or `[`.
function copyParensOrBracket(callee) {
    if (callee.computed) {
        copyTo(find('[', callee.object.end));
    } else {
        var dot = find('.', callee.object.end);
        copyTo(dot);
        if (isPrivate(callee)) {
            skipTo(callee.property.start);
        }
    }
}

export function visitArguments(node) {
    node.arguments.forEach(visit);
    if (node.arguments.length) {
        dropComma(node.arguments[node.arguments.length - 1].end, node.end);
    }
    copyTo(node.end);
}

// A comma behind the last argument.
function dropComma(from, end) {
    if (text(from, end).indexOf(',') < 0) {
        return;
    }
    var comma = find(',', from);
    if (comma < end) {
        copyTo(comma);
        skipTo(comma + 1);
    }
}

export function hasSpread(list) {
    for (var i = 0; i < list.length; i++) {
        if (list[i] && list[i].type === 'SpreadElement') {
            return true;
        }
    }
    return false;
}

// Puts an expression without the parentheses around it, but a sequence in its own.
export function putOperand(node) {
    var isSequence = node.type === 'SequenceExpression';
    skipTo(node.start);
    sync(node.start);
    put(isSequence ? '(' : '');
    visit(node);
    copyTo(node.end);
    put(isSequence ? ')' : '');
}

// The elements of a list with spreads, as the arguments of $lowered.list: arrays of plain elements
// and iterables in turn.
export function putList(elements, end) {
    var isOpen = true;
    put('$lowered.list([');
    elements.forEach(function (element) {
        if (!element) {
            put(isOpen ? ',' : ', [,');
            isOpen = true;
            return;
        }
        skipTo(element.start);
        if (element.type === 'SpreadElement') {
            put(isOpen ? '], ' : ', [], ');
            isOpen = false;
            skipTo(element.start + 3);
            visit(element.argument);
            copyTo(element.end);
        } else {
            put(isOpen ? '' : ', [');
            isOpen = true;
            putOperand(element);
            put(',');
        }
    });
    put(isOpen ? '])' : ')');
    skipTo(end);
}

function visitCall(node) {
    var callee = node.callee;
    copyTo(node.start);
    if (hasSpread(node.arguments)) {
        visitSpreadCall(node);
        return;
    }
    if (isSpecial(callee) || callee.type === 'ChainExpression' && callee.expression.type === 'MemberExpression') {
        var receiver = putCallee(callee);
        put('.call(' + receiver + (node.arguments.length ? ', ' : ''));
        skipTo(find('(', callee.end) + 1);
        visitArguments(node);
        return;
    }
    if (node.evalScope && node.arguments.length > 0 && !callee.binding) {
        visitEval(node);
        return;
    }
    var isImport = callee.type === 'Identifier' && callee.binding && callee.binding.kind === 'import';
    put(isImport ? '(0, ' : ''); // the object it is read from must not be `this`
    visit(callee);
    copyTo(callee.end);
    put(isImport ? ')' : '');
    visitArguments(node);
}

// A direct eval: its text is told how names are called here.
function visitEval(node) {
    var names = renamesAt(node);
    var first = node.arguments[0];
    if (names === '') {
        visitArguments(node);
        return;
    }
    copyTo(first.start);
    put('$lowered.eval(');
    visit(first);
    copyTo(first.end);
    put(', ' + quote(names) + ')');
    visitArguments({ arguments: node.arguments.slice(1), end: node.end });
}

function visitSpreadCall(node) {
    put('$lowered.apply(');
    var receiver = putCallee(node.callee);
    put(', ' + receiver + ', ');
    skipTo(node.callee.end);
    if (node.arguments.length === 1) {
        put('$lowered.array(');
        skipTo(node.arguments[0].start + 3);
        visit(node.arguments[0].argument);
        copyTo(node.arguments[0].end);
        put(', -1)');
        skipTo(node.end);
    } else {
        putList(node.arguments, node.end);
    }
    put(')');
}

register({
    MemberExpression: visitMember,
    CallExpression: function (node) {
        if (node.callee.type === 'Super') {
            visitSuperCall(node);
        } else {
            visitCall(node);
        }
    },
    NewExpression: function (node) {
        if (!hasSpread(node.arguments)) {
            visit(node.callee);
            if (node.arguments.length) {
                visitArguments(node);
            }
            return;
        }
        copyTo(node.start);
        put('$lowered.construct(');
        skipTo(node.start + 3);
        visit(node.callee);
        copyTo(node.callee.end);
        copyTo(find('(', node.callee.end));
        put(', ');
        putList(node.arguments, node.end);
        put(')');
    }
});

var superCall = null;

// classes.js says what super(...) becomes.
export function onSuperCall(handler) {
    superCall = handler;
}

function visitSuperCall(node) {
    superCall(node);
}
