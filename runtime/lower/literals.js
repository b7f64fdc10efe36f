// Literals: numbers, strings, regular expressions, templates, arrays with spreads.
import { copyTo, find, put, skipTo, text } from './editor.js';
import { hasSpread, putList } from './members.js';
import { fresh } from './naming.js';
import { refuseAt } from './refuse.js';
import { quote } from './variables.js';
import { register, visit, visitAll } from './visit.js';

var sites; // variables that hold the strings objects of tagged templates

export function resetSites() {
    sites = [];
}

export function siteNames() {
    return sites;
}

// JSON's escapes, and the two line ends that ES5 doesn't allow in strings
function stringText(value) {
    return quote(value).replace(/\u2028/g, '\\u2028').replace(/\u2029/g, '\\u2029');
}

function replace(node, by) {
    copyTo(node.start);
    put(by);
    skipTo(node.end);
}

// ---- numbers and regular expressions ------------------------------------------------------------

function visitLiteral(node) {
    if (node.regex) {
        visitRegex(node);
    } else if (node.bigint !== undefined) {
        refuseAt(node.start, 'BigInt is not supported', 'BigInt');
    } else if (typeof node.value === 'number') {
        if (text(node.start, node.end).indexOf('_') >= 0) {
            replace(node, String(node.value));
        }
    } else if (typeof node.value === 'string' && /[\u2028\u2029]/.test(text(node.start, node.end))) {
        replace(node, stringText(node.value));
    }
}

// The engine compiles the literal with the function around it, once; it knows all flags but v.
function visitRegex(node) {
    if (node.regex.flags.indexOf('v') >= 0) {
        refuseAt(node.start, 'the v flag of regular expressions is not supported', 'v flag');
    }
    if (/[\u2028\u2029]/.test(node.regex.pattern)) {
        replace(node, 'new RegExp(' + stringText(node.regex.pattern) + ', ' + quote(node.regex.flags) + ')');
    }
}

// ---- templates ----------------------------------------------------------------------------------

// Whether `"" + x` is what a template makes of x, so that a plain addition will do.
function isPrimitive(node) {
    switch (node.type) {
    case 'Literal':
        return !node.regex;
    case 'TemplateLiteral':
    case 'UpdateExpression':
        return true;
    case 'UnaryExpression':
        return node.operator !== 'void';
    case 'BinaryExpression':
        return node.operator !== '+' || isPrimitive(node.left) && isPrimitive(node.right);
    case 'MemberExpression':
        return !node.computed && node.property.name === 'length' && node.object.type !== 'Super';
    case 'ConditionalExpression':
        return isPrimitive(node.consequent) && isPrimitive(node.alternate);
    }
    return false;
}

function putExpression(node) {
    put('(');
    skipTo(node.start);
    visit(node);
    copyTo(node.end);
    put(')');
}

// "a".concat(x, "b"): concat makes strings of its arguments as a template does.
function visitTemplate(node) {
    var quasis = node.quasis;
    copyTo(node.start);
    if (node.expressions.length === 0) {
        put(stringText(quasis[0].value.cooked));
        skipTo(node.end);
        return;
    }
    var isSum = node.expressions.every(isPrimitive);
    var separator = isSum ? ' + ' : ', ';
    put((isSum ? '(' : '') + stringText(quasis[0].value.cooked) + (isSum ? '' : '.concat('));
    node.expressions.forEach(function (inner, index) {
        put(isSum || index > 0 ? separator : '');
        if (isSum) {
            putExpression(inner);
        } else {
            putArgument(inner);
        }
        if (quasis[index + 1].value.cooked !== '') {
            put(separator + stringText(quasis[index + 1].value.cooked));
        }
    });
    put(')');
    skipTo(node.end);
}

function putArgument(node) {
    if (node.type === 'SequenceExpression') {
        putExpression(node);
        return;
    }
    skipTo(node.start);
    visit(node);
    copyTo(node.end);
}

// The strings of a tagged template are one frozen object for each place in the source.
function visitTagged(node) {
    var strings = node.quasi.quasis;
    var site = fresh('site');
    var cooked = strings.map(function (part) {
        return part.value.cooked === null ? 'void 0' : stringText(part.value.cooked);
    });
    var raw = strings.map(function (part) {
        return stringText(part.value.raw);
    });
    var isPlain = cooked.join() === raw.join();
    sites.push(site);
    visit(node.tag);
    copyTo(node.tag.end);
    copyTo(find('`', node.tag.end));
    put('(' + site + ' || (' + site + ' = $lowered.template([' + cooked.join(', ') + ']' +
        (isPlain ? '' : ', [' + raw.join(', ') + ']') + '))');
    node.quasi.expressions.forEach(function (inner) {
        put(', ');
        putExpression(inner);
    });
    put(')');
    skipTo(node.end);
}

register({
    Literal: visitLiteral,
    TemplateLiteral: visitTemplate,
    TaggedTemplateExpression: visitTagged,
    ArrayExpression: function (node) {
        if (!hasSpread(node.elements)) {
            visitAll(node.elements);
            return;
        }
        copyTo(node.start);
        putList(node.elements, node.end);
    }
});
