// Statements: blocks, try, and the semicolons that ES5 code must not leave to line ends that move.
import { current } from './context.js';
import { copyTo, put, skipTo, text } from './editor.js';
import { putMarks } from './functions.js';
import { bindPattern } from './patterns.js';
import { fresh } from './naming.js';
import { nameOf } from './variables.js';
import { register, visit, visitAll, visitStatement } from './visit.js';

function end(node) {
    copyTo(node.end);
    if (text(node.end - 1, node.end) !== ';') {
        put(';');
    }
}

// A function or class that the output would take for a declaration.
function needsParentheses(node) {
    return node.type === 'ArrowFunctionExpression' || node.type === 'SequenceExpression' &&
        needsParentheses(node.expressions[0]);
}

function visitExpressionStatement(node) {
    copyTo(node.start);
    var isWrapped = needsParentheses(node.expression);
    put(isWrapped ? '(' : '');
    visit(node.expression);
    if (isWrapped) {
        copyTo(node.expression.end);
        put(')');
    }
    end(node);
}

// Each time around a loop its names are new, and not initialized.
function putFlags(scope) {
    if (scope && scope.flagged) {
        put(scope.flagged.map(function (binding) {
            return 'var ' + binding.flag + ' = false;';
        }).join(''));
    }
}

function visitBlock(node) {
    copyTo(node.start + 1);
    putFlags(node.scope);
    putMarks(node.scope);
    node.body.forEach(visitStatement);
    copyTo(node.end);
}

// In a coroutine, leaving it by return() goes through catch clauses: they let it pass.
function visitCatch(node) {
    var isGenerator = current.fn.node.generator === true;
    var isName = node.param && node.param.type === 'Identifier';
    var name = isName ? nameOf(node.param) : fresh('error');
    copyTo(node.start + 5);
    put(' (' + name + ') {');
    skipTo(node.body.start + 1);
    if (isGenerator) {
        put('$lowered.pass(' + name + ');');
    }
    if (node.param && !isName) {
        var list = [];
        bindPattern(node.param, name, 'var', list);
        put(list.length ? 'var ' + list.join(', ') + ';' : '');
    }
    putMarks(node.body.scope);
    node.body.body.forEach(visitStatement);
    copyTo(node.end);
}

register({
    ExpressionStatement: visitExpressionStatement,
    BlockStatement: visitBlock,
    CatchClause: visitCatch,
    ThrowStatement: function (node) {
        visit(node.argument);
        end(node);
    },
    DebuggerStatement: end,
    IfStatement: function (node) {
        visit(node.test);
        visitStatement(node.consequent);
        if (node.alternate) {
            visitStatement(node.alternate);
        }
    },
    SequenceExpression: function (node) {
        visitAll(node.expressions);
    }
});
