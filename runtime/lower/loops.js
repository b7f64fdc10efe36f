// Loops. for-of walks arrays by index and everything else by its iterator, which is closed when the
// loop is left early. A loop whose closures keep what it declares anew each time around gets its body
// as a function, made once and called for each turn; break, continue and return in it become exit
// codes that the loop acts on.
import { addVar, current, enter, leave, owner, temp, variable } from './context.js';
import { capture, copyTo, find, put, skipTo, text } from './editor.js';
import { visitReturn as visitConstructorReturn } from './classes.js';
import { inner as innerDirective } from './functions.js';
import { expressionText } from './members.js';
import { bindPattern } from './patterns.js';
import { eachName } from './tree.js';
import { declareIfBare, flagged, nameOf, visitDeclarations } from './variables.js';
import { register, visit, visitStatement } from './visit.js';

// ---- where break and continue go ----------------------------------------------------------------

// labels: names in front of the statement
function withTarget(node, labels, isLoop, work) {
    var context = current;
    context.targets.push({ node: node, labels: labels, isLoop: isLoop });
    work();
    context.targets.pop();
}

function isMeant(target, statement) {
    if (statement.label) {
        return target.labels.indexOf(statement.label.name) >= 0;
    }
    return target.isLoop || statement.type === 'BreakStatement' && target.labels.length === 0;
}

// { target, context } of a break or continue.
function findTarget(statement) {
    for (var context = current; context; context = context.parent) {
        for (var i = context.targets.length - 1; i >= 0; i--) {
            if (isMeant(context.targets[i], statement)) {
                return { target: context.targets[i], context: context };
            }
        }
    }
    return null;
}

function endStatement(node) {
    copyTo(node.end);
    if (text(node.end - 1, node.end) !== ';') {
        put(';');
    }
}

function visitJump(node) {
    var found = findTarget(node);
    if (!found || found.context === current) {
        endStatement(node);
        return;
    }
    copyTo(node.start);
    if (node.type === 'ContinueStatement' && found.target.node === current.loopNode) {
        put('{ ' + current.copyBack + 'return; }');
    } else {
        put('return ' + exitCode(node) + ';');
    }
    skipTo(node.end);
}

function exitCode(node) {
    for (var i = 0; i < current.exits.length; i++) {
        var exit = current.exits[i];
        if (exit.type === node.type && (exit.label && exit.label.name) === (node.label && node.label.name)) {
            return i + 1;
        }
    }
    current.exits.push(node);
    return current.exits.length;
}

function visitReturn(node) {
    if (current.kind === 'loop') {
        current.hasReturn = true;
        copyTo(node.start);
        put('return [');
        skipTo(node.start + 6);
        if (node.argument) {
            putConstructorResult(node);
        }
        put('];');
        skipTo(node.end);
        return;
    }
    if (visitConstructorReturn(node)) {
        return;
    }
    if (node.argument) {
        visit(node.argument);
    }
    endStatement(node);
}

// The value of a return, in a derived constructor checked.
function putConstructorResult(node) {
    var fn = owner().fn;
    put(fn.derived ? '$lowered.result(' : '');
    visit(node.argument);
    copyTo(node.end - (text(node.end - 1, node.end) === ';' ? 1 : 0));
    put(fn.derived ? ', ' + fn.derived + ')' : '');
}

// What the loop does with an exit code, put behind the call.
function putExits(inner, code) {
    if (inner.exits.length === 0 && !inner.hasReturn) {
        return;
    }
    put(' if (' + code + ' !== void 0) {');
    inner.exits.forEach(function (exit, index) {
        put(' if (' + code + ' === ' + (index + 1) + ') ' + jumpText(exit));
    });
    if (inner.hasReturn) {
        var isInner = current.kind === 'loop';
        current.hasReturn = current.hasReturn || isInner;
        put(isInner ? ' return ' + code + ';' : ' return ' + code + '[0];');
    }
    put(' }');
}

function jumpText(node) {
    var found = findTarget(node);
    var isContinue = node.type === 'ContinueStatement';
    if (found.context !== current) {
        if (isContinue && found.target.node === current.loopNode) {
            return '{ ' + current.copyBack + 'return; }';
        }
        return 'return ' + exitCode(node) + ';';
    }
    return (isContinue ? 'continue' : 'break') + (node.label ? ' ' + node.label.name : '') + ';';
}

// ---- bodies -------------------------------------------------------------------------------------

// Puts the loop's body. bind: [{ name, value }] to set at its start; copyBack: what the end of a turn
// does for the loop's head; start: code for the body's start.
function putBody(node, bind, copyBack, start) {
    var body = node.body;
    if (!node.loop.isFunction) {
        put(' {' + bind.map(function (each) {
            return ' ' + (each.isVar ? 'var ' : '') + each.name + ' = ' + each.value + ';';
        }).join('') + start());
        skipTo(body.start);
        visitStatement(body);
        copyTo(body.end);
        put('}');
        return;
    }
    var call = variable('loop');
    var code = temp();
    put(' { ' + code + ' = (' + call + ' || (' + call + ' = function (' + bind.map(function (each) {
        return each.inner || each.name;
    }).join(', ') + ') {' + innerDirective(current.fn));
    var inner = enter(current.fn, 'loop');
    inner.loopNode = node;
    inner.copyBack = copyBack;
    put(start());
    skipTo(body.start);
    visitStatement(body);
    copyTo(body.end);
    put(' ' + copyBack);
    leave();
    put('}))(' + bind.map(function (each) {
        return each.value;
    }).join(', ') + ');');
    putExits(inner, code);
    put(' }');
}

function nothing() {
    return '';
}

// Whether the body can be left as it stands.
function isPlain(node) {
    return !node.loop.isFunction;
}

function visitFor(node, labels) {
    var first = node.loop.hasTurns ? variable('first') : '';
    if (node.init) {
        if (node.init.type === 'VariableDeclaration') {
            visitDeclarations(node.init);
            put(firstCopies(node) + (first ? ', ' + first + ' = true' : ''));
        } else {
            visit(node.init);
        }
    }
    if (first) {
        visitTurns(node, labels, first);
        return;
    }
    if (node.test) {
        visit(node.test);
    }
    if (node.update) {
        visit(node.update);
    }
    withTarget(node, labels, true, function () {
        if (isPlain(node)) {
            visitStatement(node.body);
            return;
        }
        copyTo(closeOf(node));
        var how = turnOf(node);
        putBody(node, how.bind, how.copyBack, nothing);
    });
}

// From the names that closures of the head's first part keep to those of the head.
function firstCopies(node) {
    return headBindings(node).map(function (binding) {
        return binding.first === null ? '' : ', ' + binding.head + ' = ' + binding.first;
    }).join('');
}

// How the names of the head get into the body's function and back: { bind, copyBack }
function turnOf(node) {
    var how = { bind: [], copyBack: '' };
    headBindings(node).forEach(function (binding) {
        how.bind.push({ name: binding.out, value: binding.head });
        how.copyBack += binding.isAssigned ? binding.head + ' = ' + binding.out + '; ' : '';
    });
    return how;
}

// Closures in the test or the update keep the variables of one turn: both become part of its function.
function visitTurns(node, labels, first) {
    var how = turnOf(node);
    put('; ; )');
    skipTo(closeOf(node));
    withTarget(node, labels, true, function () {
        putBody(node, how.bind, how.copyBack, function () {
            return turnStart(node, first);
        });
    });
}

function turnStart(node, first) {
    var list = headBindings(node);
    var heads = list.map(function (binding) {
        return binding.head;
    });
    list.forEach(function (binding) {
        binding.head = null;
    });
    var start = ' if (' + first + ') ' + first + ' = false; else {' +
        (node.update ? expressionText(node.update) + ';' : '') + '}' +
        (node.test ? ' if (!(' + expressionText(node.test) + ')) return ' +
        exitCode({ type: 'BreakStatement', label: null }) + ';' : '');
    list.forEach(function (binding, index) {
        binding.head = heads[index];
    });
    return start;
}

// Behind the closing parenthesis of a for's head.
function closeOf(node) {
    var last = node.update || node.test || node.init;
    var from = last ? last.end : node.start;
    if (!node.update) {
        from = find(';', node.test ? node.test.end : semicolon(node)) + 1;
    }
    var at = find(')', from);
    while (find(')', at + 1) < node.body.start && text(at + 1, node.body.start).indexOf(')') >= 0) {
        at = find(')', at + 1);
    }
    return at + 1;
}

function semicolon(node) {
    if (!node.init) {
        return find(';', node.start) + 1;
    }
    return node.init.type === 'VariableDeclaration' && text(node.init.end - 1, node.init.end) === ';' ?
        node.init.end : find(';', node.init.end) + 1;
}

function headBindings(node) {
    var list = [];
    if (node.init && node.init.type === 'VariableDeclaration' && node.init.kind !== 'var') {
        node.init.declarations.forEach(function (declarator) {
            eachName(declarator.id, function (name) {
                list.push(name.binding);
            });
        });
    }
    return list;
}

function visitWhile(node, labels) {
    if (node.type === 'WhileStatement') {
        visit(node.test);
        copyTo(node.test.end);
    }
    withTarget(node, labels, true, function () {
        if (isPlain(node)) {
            visitStatement(node.body);
            return;
        }
        if (node.type === 'WhileStatement') {
            copyTo(find(')', closing(node.test.end, node.body.start)) + 1);
        } else {
            copyTo(node.start + 2);
        }
        putBody(node, [], '', nothing);
    });
    if (node.type === 'DoWhileStatement') {
        skipTo(node.body.end);
        visit(node.test);
        endStatement(node);
    }
}

// The offset of the last closing parenthesis between two places.
function closing(from, to) {
    var at = find(')', from);
    while (text(at + 1, to).indexOf(')') >= 0 && find(')', at + 1) < to) {
        at = find(')', at + 1);
    }
    return at;
}

// ---- for-in and for-of --------------------------------------------------------------------------

function isDeclaration(node) {
    return node.left.type === 'VariableDeclaration';
}

function patternOf(node) {
    return isDeclaration(node) ? node.left.declarations[0].id : node.left;
}

// How one turn's value gets to its target: { bind, start } for putBody.
function binder(node, value) {
    var pattern = patternOf(node);
    var isFunction = node.loop.isFunction;
    var isName = isDeclaration(node) && pattern.type === 'Identifier';
    if (isName && (isFunction && node.left.kind !== 'var')) {
        return { bind: [{ name: pattern.binding.out, value: value }], start: function () {
            return flagged(pattern).replace(/^, /, 'var ') + (flagged(pattern) ? ';' : '');
        } };
    }
    var held = isFunction ? { name: variable('each'), value: value } : null;
    return { bind: held ? [held] : [], start: function () {
        var list = [];
        var source = held ? held.name : value;
        if (isDeclaration(node)) {
            if (node.left.kind === 'var') {
                declareIfBare(pattern);
            }
            bindInner(pattern, source, list);
            var isBare = node.left.kind === 'var' && current.kind === 'loop';
            return (isBare ? ' ' : ' var ') + list.join(', ') + ';';
        }
        bindPattern(pattern, source, 'assign', list);
        return ' ' + list.join(', ') + ';';
    } };
}

// Inside the body a head's binding has its inner name.
function bindInner(pattern, source, list) {
    var heads = [];
    eachName(pattern, function (name) {
        heads.push({ binding: name.binding, head: name.binding.head });
        name.binding.head = null;
    });
    bindPattern(pattern, source, 'var', list);
    heads.forEach(function (each) {
        each.binding.head = each.head;
    });
}

function visitForIn(node, labels) {
    var pattern = patternOf(node);
    var isName = pattern.type === 'Identifier';
    var isSimple = isName && !node.loop.isFunction &&
        (isDeclaration(node) || !pattern.isChecked && pattern.binding &&
        pattern.binding.kind !== 'const' && pattern.binding.kind !== 'import') && !hasInit(node);
    var isTarget = !isDeclaration(node) && pattern.type === 'MemberExpression' && !node.loop.isFunction;
    copyTo(node.start);
    if (isSimple && isDeclaration(node)) {
        visitSimpleForIn(node, labels, pattern);
        return;
    }
    if (isSimple || isTarget || isName && !pattern.binding && !node.loop.isFunction && !isDeclaration(node)) {
        visit(node.left);
        visit(node.right);
        withTarget(node, labels, true, function () {
            visitStatement(node.body);
        });
        return;
    }
    var key = variable('key');
    if (hasInit(node)) {
        put(nameOf(pattern) + ' = ');
        addVar(nameOf(pattern));
        put(capture(node.left.declarations[0].init.start, function () {
            visit(node.left.declarations[0].init);
            copyTo(node.left.declarations[0].init.end);
        }) + '; ');
    }
    put('for (' + key + ' in ');
    putRight(node, 'in', ')');
    withTarget(node, labels, true, function () {
        var how = binder(node, key);
        putBody(node, how.bind, '', how.start);
    });
}

function hasInit(node) {
    return isDeclaration(node) && node.left.declarations[0].init !== null;
}

function visitSimpleForIn(node, labels, pattern) {
    copyTo(node.left.start);
    if (node.left.kind === 'var' && current.kind === 'loop') {
        addVar(nameOf(pattern));
        put(nameOf(pattern));
    } else {
        put('var ' + nameOf(pattern));
    }
    skipTo(node.left.end);
    visit(node.right);
    withTarget(node, labels, true, function () {
        if (flagged(pattern)) {
            copyTo(closing(node.right.end, node.body.start) + 1);
            put(' {' + flagged(pattern).slice(2) + ';');
            skipTo(node.body.start);
            visitStatement(node.body);
            copyTo(node.body.end);
            put('}');
            return;
        }
        visitStatement(node.body);
    });
}

// The right side and what closes the head.
function putRight(node, word, close) {
    skipTo(find(word, node.left.end) + word.length);
    visit(node.right);
    copyTo(closing(node.right.end, node.body.start));
    put(close);
    skipTo(node.body.start);
}

function visitForOf(node, labels) {
    var source = temp();
    var index = temp();
    var isArray = temp();
    var error = variable('error');
    copyTo(node.start);
    put('{ ' + source + ' = $lowered.' + (node.await ? 'ofAsync(' : 'of('));
    putRight(node, 'of', ');');
    put(' try { ' + labels.map(function (label) {
        return label + ': ';
    }).join('') + 'for (' + index + ' = 0, ' + isArray + ' = ' + source + '.next === void 0; ' + isArray +
        ' ? ' + index + ' < ' + source + '.length : ' + source + '.next(); )');
    withTarget(node, labels, true, function () {
        var how = binder(node, isArray + ' ? ' + source + '[' + index + '++] : ' + source + '.value');
        putBody(node, how.bind, '', how.start);
    });
    put(' } catch (' + error + ') { throw $lowered.fail(' + source + ', ' + error + '); } finally { ' +
        '$lowered.close(' + source + '); } }');
    skipTo(node.end);
}

// ---- statements that hold targets ---------------------------------------------------------------

var LOOPS = {
    ForStatement: visitFor,
    ForInStatement: visitForIn,
    ForOfStatement: visitForOf,
    WhileStatement: visitWhile,
    DoWhileStatement: visitWhile
};

function visitLabeled(node) {
    var labels = [];
    var body = node;
    while (body.type === 'LabeledStatement') {
        labels.push(body.label.name);
        body = body.body;
    }
    if (body.type === 'ForOfStatement') {
        copyTo(node.start);
        skipTo(body.start); // the labels move to the loop inside
    }
    if (LOOPS[body.type]) {
        LOOPS[body.type](body, labels);
        return;
    }
    withTarget(body, labels, false, function () {
        visit(body);
    });
}

function loop(node) {
    LOOPS[node.type](node, []);
}

register({
    ForStatement: loop,
    ForInStatement: loop,
    ForOfStatement: loop,
    WhileStatement: loop,
    DoWhileStatement: loop,
    LabeledStatement: visitLabeled,
    SwitchStatement: function (node) {
        visit(node.discriminant);
        copyTo(find('{', node.discriminant.end) + 1);
        withTarget(node, [], false, function () {
            node.cases.forEach(function (clause) {
                if (clause.test) {
                    visit(clause.test);
                }
                clause.consequent.forEach(visitStatement);
            });
        });
    },
    BreakStatement: visitJump,
    ContinueStatement: visitJump,
    ReturnStatement: visitReturn
});
