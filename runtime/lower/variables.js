// Names: declarations become `var`, names follow naming.js, constants and what is used too early are
// refused at run time. this, arguments and new.target are here as well, because inside what becomes
// another function they are read from aliases.
import { addVar, current, temp } from './context.js';
import { copyTo, find, put, skipTo, text } from './editor.js';
import { bindPattern } from './patterns.js';
import { isAnonymous } from './tree.js';
import { fresh } from './naming.js';
import { ownerFn, register, visit } from './visit.js';
import { visitNamed } from './functions.js';

var CONSTANT = { 'const': true, 'import': true, inner: true };

var renames = null; // of the code around code for eval: name -> how it is called there

// text: "name other;name other"
export function openRenames(text) {
    renames = Object.create(null);
    text.split(';').forEach(function (pair) {
        var names = pair.split(' ');
        renames[names[0]] = names[1];
    });
}

export function closeRenames() {
    renames = null;
}

// What `this` or a free name of the code for eval is called.
function renamed(name) {
    return renames !== null && renames[name] !== undefined &&
        (name !== 'this' && name !== 'arguments' || ownerFn().parent === null) ? renames[name] : undefined;
}

export function hasRenamedThis() {
    return renames !== null && renames['this'] !== undefined;
}

export var aliases = { self: '', args: '', target: '' };

export function nameAliases() {
    aliases.self = fresh('self');
    aliases.args = fresh('args');
    aliases.target = fresh('target');
}

export function quote(name) {
    return JSON.stringify(name);
}

// How the binding is written at this identifier.
export function nameOf(node) {
    var binding = node.binding;
    if (!binding && renamed(node.name) !== undefined) {
        return renames[node.name];
    }
    if (!binding) {
        return node.name === 'arguments' && ownerFn().needs.args ? aliases.args : node.name;
    }
    if (binding.first !== null && node.start < binding.headOf.node.init.end &&
        node.start >= binding.headOf.node.init.start) {
        return binding.first;
    }
    if (binding.head !== null && (node === binding.node || node.headOf === binding.headOf)) {
        return binding.head;
    }
    return binding.out;
}

// How its value is read.
export function readOf(node) {
    var name = nameOf(node);
    if (node.isEarly) {
        return '$lowered.early(' + quote(node.name) + ')';
    }
    if (node.isChecked) {
        return '(' + node.binding.flag + ' ? ' + name + ' : $lowered.early(' + quote(node.name) + '))';
    }
    return name;
}

export function isConstant(node) {
    return node.binding !== undefined && CONSTANT[node.binding.kind] === true;
}

// `name = value`, or what throws instead.
export function assignment(node, value) {
    if (isConstant(node)) {
        return '$lowered.constant(' + quote(node.name) + ', ' + value + ')';
    }
    if (node.isChecked) {
        value = '$lowered.initialized(' + node.binding.flag + ', ' + quote(node.name) + ', ' + value + ')';
    }
    return nameOf(node) + ' = ' + value;
}

// What a declaration puts behind the initialized name.
export function flagged(node) {
    return node.binding && node.binding.flag !== null ? ', ' + node.binding.flag + ' = true' : '';
}

// For a direct eval: what is called otherwise here than in the source, as openRenames() reads it.
export function renamesAt(call) {
    var list = [];
    var seen = Object.create(null);
    for (var at = call.evalScope; at; at = at.parent) {
        for (var name in at.names) {
            var out = seen[name] ? name : nameOf({ name: name, binding: at.names[name], start: call.start });
            seen[name] = true;
            if (out !== name) {
                list.push(name + ' ' + out);
            }
        }
    }
    var thisText = self(call);
    if (thisText !== 'this' && /^[\w$]+$/.test(thisText)) {
        list.push('this ' + thisText);
    }
    if (ownerFn().needs.args) {
        list.push('arguments ' + aliases.args);
    }
    for (var outer in renames) {
        if (!seen[outer] && (outer !== 'this' && outer !== 'arguments' || ownerFn().parent === null)) {
            list.push(outer + ' ' + renames[outer]);
        }
    }
    return list.join(';');
}

function replace(node, by) {
    copyTo(node.start);
    put(by);
    skipTo(node.end);
}

// An identifier that is read or the target of an assignment that may stay as it is.
export function visitIdentifier(node) {
    var by = readOf(node);
    if (by !== text(node.start, node.end)) {
        replace(node, by);
    }
}

function endStatement(node) {
    copyTo(node.end);
    if (text(node.end - 1, node.end) !== ';') {
        put(';');
    }
}

// One declarator; false when nothing was put.
function visitDeclarator(node, isVar) {
    var id = node.id;
    if (id.type !== 'Identifier') {
        skipTo(id.start);
        visitPatternDeclarator(node);
        return true;
    }
    if (isVar && current.kind === 'loop') {
        addVar(nameOf(id));
        if (!node.init) {
            skipTo(node.end);
            return false;
        }
    }
    skipTo(id.start);
    put(nameOf(id));
    skipTo(id.end);
    if (node.init) {
        visitInit(node.init, id.name);
        copyTo(node.end);
    } else if (!isVar && (id.binding.scope.loop || id.binding.isShared)) {
        put(' = void 0');
    }
    put(flagged(id));
    return true;
}

export function visitInit(node, name) {
    if (isAnonymous(node)) {
        visitNamed(node, name);
    } else {
        visit(node);
    }
}

function namesIn(pattern, name) {
    return text(pattern.start, pattern.end).indexOf(name) >= 0;
}

function visitPatternDeclarator(node) {
    var init = node.init;
    var list = [];
    if (init.type === 'Identifier' && !init.isChecked && !namesIn(node.id, nameOf(init))) {
        bindPattern(node.id, nameOf(init), 'var', list);
        put(list.join(', '));
        skipTo(node.end);
        return;
    }
    var value = temp();
    put(value + ' =');
    skipTo(find('=', node.id.end) + 1);
    visit(init);
    copyTo(node.end);
    bindPattern(node.id, value, 'var', list, init.type === 'ArrayExpression');
    put(', ' + list.join(', '));
}

// The declarations, without what ends the statement.
export function visitDeclarations(node) {
    var isVar = node.kind === 'var';
    var isBare = isVar && current.kind === 'loop';
    var separator = isBare ? '' : 'var ';
    copyTo(node.start);
    node.declarations.forEach(function (declarator) {
        if (!isBare || declarator.init) {
            put(separator);
            separator = ', ';
        }
        if (isBare && declarator.id.type !== 'Identifier') {
            declareNames(declarator.id);
        }
        visitDeclarator(declarator, isVar);
    });
}

function declareNames(pattern) {
    namesOf(pattern).forEach(addVar);
}

function namesOf(pattern) {
    var list = [];
    collect(pattern, list);
    return list;
}

function collect(node, list) {
    switch (node.type) {
    case 'Identifier':
        list.push(nameOf(node));
        break;
    case 'AssignmentPattern':
        collect(node.left, list);
        break;
    case 'RestElement':
        collect(node.argument, list);
        break;
    case 'ArrayPattern':
        node.elements.forEach(function (element) {
            if (element) {
                collect(element, list);
            }
        });
        break;
    case 'ObjectPattern':
        node.properties.forEach(function (property) {
            collect(property.type === 'RestElement' ? property : property.value, list);
        });
        break;
    }
}

export function declareIfBare(pattern) {
    if (current.kind === 'loop') {
        declareNames(pattern);
    }
}

function selfText() {
    var owner = ownerFn();
    if (renamed('this') !== undefined) {
        return renames['this'];
    }
    if (owner.derived) {
        return owner.derived;
    }
    if (owner.isModule) {
        return 'void 0';
    }
    return owner.needs.self ? aliases.self : 'this';
}

export function self(node) {
    var owner = ownerFn();
    if (owner.derived && node.start < owner.superEnd) {
        return '$lowered.self(' + owner.derived + ')';
    }
    return selfText();
}

register({
    Identifier: visitIdentifier,
    VariableDeclaration: function (node) {
        visitDeclarations(node);
        endStatement(node);
    },
    ThisExpression: function (node) {
        var by = self(node);
        if (by !== 'this') {
            replace(node, by);
        }
    },
    MetaProperty: function (node) {
        if (node.meta.name === 'import') {
            replace(node, '$module.meta');
            return;
        }
        var owner = ownerFn();
        if (owner.isConstructor || owner.needs.target) {
            replace(node, owner.isField ? 'void 0' : aliases.target);
        } else if (owner.isField) {
            replace(node, 'void 0');
        }
    }
});
