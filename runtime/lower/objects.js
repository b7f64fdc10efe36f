// Object literals. The engine knows shorthand, methods and computed keys; spreads, __proto__, computed
// accessors become $lowered.literal(kind, value ...): 0 a literal, 1 what is spread, 2 a prototype,
// 3 and 4 a computed getter and setter (key and function).
import { variable } from './context.js';
import { copyTo, find, put, skipTo, sync } from './editor.js';
import { visitFunction, visitNamed, visitParamsAndBody } from './functions.js';
import { putOperand } from './members.js';
import { isAnonymous } from './tree.js';
import { quote, readOf } from './variables.js';
import { register, visit } from './visit.js';

export var LITERAL = 0;
var SPREAD = 1;
var PROTO = 2;
var GETTER = 3;
var SETTER = 4;

// Names of methods that need no quotes; the engine takes get and set for the beginning of an accessor.
var BARE = /^[A-Za-z_$][\w$]*$/;
var RESERVED = new RegExp('^(get|set|async|static|break|case|catch|class|const|continue|debugger|default|delete|do|' +
    'else|enum|export|extends|false|finally|for|function|if|import|in|instanceof|new|null|return|super|switch|' +
    'this|throw|true|try|typeof|var|void|while|with|implements|interface|let|package|private|protected|public|yield)$');

function isProto(property) {
    if (property.type !== 'Property' || property.computed || property.shorthand || property.method ||
        property.kind !== 'init') {
        return false;
    }
    return property.key.name === '__proto__' || property.key.value === '__proto__';
}

function kindOf(property) {
    if (property.type === 'SpreadElement') {
        return SPREAD;
    }
    if (isProto(property)) {
        return PROTO;
    }
    if (property.kind !== 'init' && property.computed) {
        return property.kind === 'get' ? GETTER : SETTER;
    }
    return LITERAL;
}

// The name a function gets from a key that is not computed.
export function keyName(key) {
    return key.type === 'Identifier' ? key.name : String(key.value);
}

function keyText(key) {
    return key.type === 'Identifier' && BARE.test(key.name) ? key.name : quote(keyName(key));
}

// A method, as the property of a literal. how: isStrict, home.
export function putMethod(property, how) {
    var node = property.value;
    var name = property.computed ? undefined : keyName(property.key);
    node.fn.home = how.home;
    if (property.kind === 'get' || property.kind === 'set') {
        sync(property.start);
        put(property.kind + ' ' + quote(keyName(property.key)));
        skipTo(node.start);
        visitParamsAndBody(node, { name: property.kind + ' ' + name, isShorthand: true,
            isStrict: how.isStrict, whole: property });
        return;
    }
    if (!property.computed && !node.async && !node.generator) {
        sync(property.start);
        put(BARE.test(name) && !RESERVED.test(name) ? name : quote(name));
        skipTo(node.start);
        visitParamsAndBody(node, { isShorthand: true, isStrict: how.isStrict, whole: property });
        return;
    }
    putKey(property);
    put(': ');
    skipTo(node.start);
    if (property.computed) {
        put('$lowered.unnamed(');
    }
    visitFunction(node, { name: name, isMethod: true, isStrict: how.isStrict, whole: property });
    if (property.computed) {
        put(')');
    }
}

// The key with its brackets, read from its place.
function putKey(property) {
    sync(property.start);
    if (!property.computed) {
        put(keyText(property.key));
        return;
    }
    skipTo(find('[', property.start));
    visit(property.key);
    copyTo(find(']', property.key.end) + 1);
}

function putProperty(property, how) {
    var value = property.value;
    if (property.method || property.kind !== 'init') {
        putMethod(property, how);
        return;
    }
    if (property.shorthand) {
        sync(property.start);
        put(value.name + ': ' + readOf(value));
        skipTo(property.end);
        return;
    }
    putKey(property);
    put(':');
    skipTo(property.computed ? find(':', find(']', property.key.end)) + 1 : find(':', property.key.end) + 1);
    if (isAnonymous(value)) {
        if (property.computed) {
            put(' $lowered.unnamed(');
        }
        visitNamed(value, property.computed ? undefined : keyName(property.key));
        put(property.computed ? ')' : '');
    } else {
        visit(value);
    }
    copyTo(property.end);
}

// Properties whose functions got no name are named when the object is complete.
function hasUnnamed(node) {
    return node.properties.some(function (property) {
        return property.type === 'Property' && property.computed && property.kind === 'init' &&
            isAnonymous(property.value);
    });
}

function usesSuper(node) {
    return node.properties.some(function (property) {
        return property.type === 'Property' && property.value.fn !== undefined && property.value.fn.usesSuper;
    });
}

function needsWork(property) {
    if (property.type === 'SpreadElement' || isProto(property) || property.shorthand && !isSame(property.value)) {
        return true;
    }
    return property.method || property.kind !== 'init' || property.computed;
}

function isSame(identifier) {
    return identifier.type === 'Identifier' && readOf(identifier) === identifier.name;
}

function visitObject(node) {
    var kinds = node.properties.map(kindOf);
    var how = { home: null };
    copyTo(node.start);
    if (!node.properties.some(needsWork)) {
        node.properties.forEach(visitPlain);
        return;
    }
    if (usesSuper(node)) {
        how.home = variable('home');
        put('(' + how.home + ' = ');
    }
    var isUnnamed = hasUnnamed(node);
    put(isUnnamed ? '$lowered.nameAll(' : '');
    if (kinds.every(function (kind) {
        return kind === LITERAL;
    })) {
        put('{');
        putRun(node.properties, 0, node.properties.length, how);
        put('}');
    } else {
        putChunks(node.properties, kinds, how);
    }
    put(isUnnamed ? ')' : '');
    put(how.home ? ')' : '');
    skipTo(node.end);
}

function visitPlain(property) {
    if (property.shorthand) {
        return;
    }
    if (isAnonymous(property.value)) {
        visitNamed(property.value, keyName(property.key));
    } else {
        visit(property.value);
    }
}

function putRun(properties, from, to, how) {
    for (var i = from; i < to; i++) {
        put(i > from ? ', ' : ' ');
        skipTo(properties[i].start);
        putProperty(properties[i], how);
    }
    put(' ');
}

function putChunks(properties, kinds, how) {
    put('$lowered.literal(');
    for (var i = 0; i < properties.length; i++) {
        put((i > 0 ? ', ' : '') + kinds[i] + ', ');
        skipTo(properties[i].start);
        if (kinds[i] === LITERAL) {
            var end = i;
            while (end < properties.length && kinds[end] === LITERAL) {
                end++;
            }
            put('{');
            putRun(properties, i, end, how);
            put('}');
            i = end - 1;
        } else {
            putSpecial(properties[i], kinds[i], how);
        }
    }
    put(')');
}

function putSpecial(property, kind, how) {
    if (kind === SPREAD) {
        skipTo(property.start + 3);
        visit(property.argument);
        copyTo(property.end); // the argument's parentheses too
    } else if (kind === PROTO) {
        skipTo(find(':', property.key.end) + 1);
        visit(property.value);
        copyTo(property.end);
    } else {
        putComputedAccessor(property, how);
    }
}

// key, function
export function putComputedAccessor(property, how) {
    putOperand(property.key);
    put(', ');
    property.value.fn.home = how.home;
    skipTo(property.value.start);
    visitFunction(property.value, { isMethod: true, isStrict: how.isStrict, whole: property });
}

register({ ObjectExpression: visitObject });
