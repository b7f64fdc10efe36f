// Optional chains: a?.b.c() becomes ((t = a) == null ? void 0 : t.b.c()). The text is put in the order
// of the source, so what has to stand in front of a part is planned first: a chain is cut into
// segments at each `?.`, and every segment has its openers.
import { temp } from './context.js';
import { copyTo, find, put, skipTo, sync } from './editor.js';
import {
    hasSpread, isPrivate, isRepeatable, isSuper, privateKey, privateLabel, putList, superGet, visitArguments
} from './members.js';
import { nameOf, self } from './variables.js';
import { register, visit } from './visit.js';

function hasOptional(node) {
    while (node.type === 'MemberExpression' || node.type === 'CallExpression') {
        if (node.optional) {
            return true;
        }
        node = node.type === 'MemberExpression' ? node.object : node.callee;
    }
    return false;
}

// { head, links }: the links are plans: { node, receiver, closes, held }
function unlink(node) {
    var links = [];
    var isOptional = true;
    while (isOptional) {
        isOptional = hasOptional(node);
        if (isOptional) {
            links.unshift({ node: node, receiver: null, closes: '', held: null, openers: null });
            node = node.type === 'MemberExpression' ? node.object : node.callee;
        }
    }
    // the method in front of `?.(` belongs to the chain: its object is needed
    if (node.type === 'MemberExpression' && links[0].node.type === 'CallExpression' && !isSuper(node)) {
        links.unshift({ node: node, receiver: null, closes: '', held: null, openers: null });
        node = node.object;
    }
    return { head: node, links: links };
}

function needsReceiver(link, next, isLast, how) {
    if (link.node.type !== 'MemberExpression') {
        return false;
    }
    if (isLast) {
        return how.isCallee === true;
    }
    var call = next.node;
    return call.type === 'CallExpression' &&
        (call.optional || hasSpread(call.arguments) || isPrivate(link.node));
}

function headName(head) {
    if (!isRepeatable(head)) {
        return null;
    }
    return head.type === 'ThisExpression' ? self(head) : nameOf(head);
}

// Fills in the links and returns the first segment's openers.
function plan(chain, how) {
    var first = [];
    var openers = first;
    var name = headName(chain.head);
    chain.links.forEach(function (link, index) {
        var isLast = index === chain.links.length - 1;
        if (link.node.optional) {
            link.held = temp();
            openers.unshift('(' + link.held + ' = ');
            openers = link.openers = [];
            name = link.held;
        }
        if (needsReceiver(link, chain.links[index + 1], isLast, how)) {
            link.receiver = name;
            if (name === null) {
                link.receiver = temp();
                openers.unshift('(' + link.receiver + ' = ');
                link.closes = ')';
            }
        }
        if (isPrivate(link.node)) {
            openers.unshift('$lowered.get(');
        }
        name = null;
    });
    if (how.isDelete) {
        openers.unshift('delete ');
    }
    return first;
}

function putHead(head, isSuperHead) {
    if (isSuperHead) {
        put(superGet(head));
        skipTo(head.end);
        return;
    }
    var isBare = head.type === 'Identifier' || head.type === 'ThisExpression';
    skipTo(head.start);
    put(isBare ? '' : '(');
    visit(head);
    copyTo(head.end);
    put(isBare ? '' : ')');
}

function putMember(link) {
    var node = link.node;
    put(link.closes);
    sync(node.property.start);
    if (isPrivate(node)) {
        put(', ' + privateKey(node.property.name) + ', ' + privateLabel(node.property.name) + ')');
    } else if (node.computed) {
        put('[');
        skipTo(node.property.start);
        visit(node.property);
        copyTo(node.property.end);
        put(']');
    } else {
        put('.' + node.property.name);
    }
    skipTo(node.end);
}

function putCall(link, receiver) {
    var node = link.node;
    skipTo(find('(', node.callee.end) + 1);
    if (hasSpread(node.arguments)) {
        put('.apply(' + (receiver || 'void 0') + ', ');
        putList(node.arguments, node.end);
        put(')');
    } else if (receiver) {
        put('.call(' + receiver + (node.arguments.length ? ', ' : ''));
        visitArguments(node);
    } else {
        put('(');
        visitArguments(node);
    }
}

// how: { isCallee, isDelete }; returns the text of the last member's object when isCallee.
export function putChain(node, how) {
    var chain = unlink(node);
    var isSuperHead = isSuper(chain.head);
    var openers = plan(chain, how);
    var receiver = isSuperHead ? self(chain.head.object) : null;
    put('(' + openers.join(''));
    putHead(chain.head, isSuperHead);
    chain.links.forEach(function (link) {
        if (link.held) {
            put(') == null ? ' + (how.isDelete ? 'true' : 'void 0') + ' : ' + link.openers.join('') +
                link.held);
        }
        if (link.node.type === 'CallExpression') {
            putCall(link, receiver);
            receiver = null;
        } else {
            putMember(link);
            receiver = link.receiver;
        }
    });
    put(')');
    skipTo(node.end);
    return receiver || 'void 0';
}

register({
    ChainExpression: function (node) {
        copyTo(node.start);
        putChain(node.expression, {});
    },
    UnaryExpression: function (node) {
        if (node.operator !== 'delete' || node.argument.type !== 'ChainExpression') {
            visit(node.argument);
            return;
        }
        copyTo(node.start);
        putChain(node.argument.expression, { isDelete: true });
        skipTo(node.end);
    }
});
