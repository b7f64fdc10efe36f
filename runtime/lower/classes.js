// Classes. A class becomes a strict function that is called at once and whose variables are what the
// class keeps to itself: its name, private names, computed keys of fields, the fields' initializer.
//
//   (function () { "use strict"; var A; A = $lowered.class("A", Parent, [kind, ...]); ... return A; })()
//
// The list holds, in the order of the source: 0 a literal with instance methods, 1 one with static
// methods, 2 the constructor, 3 an initializer of instance fields, 4 one of static fields and blocks,
// 5 and 6 a computed getter and setter (key, function), 7 and 8 static ones, 9 a field's key, 10 and 11
// a static private method and one of instances ([key, kind, function]).
import { current, enter, leave, variable } from './context.js';
import { copyTo, find, put, skipTo, sync } from './editor.js';
import { inner, rangeText, visitFunction } from './functions.js';
import { enterClass, leaveClass, onSuperCall, putList, putOperand, hasSpread, privateKey } from './members.js';
import { fresh } from './naming.js';
import { keyName, putComputedAccessor, putMethod } from './objects.js';
import { isAnonymous } from './tree.js';
import { aliases, flagged, nameOf, quote, visitInit } from './variables.js';
import { ownerFn, register, visit, visitStatement } from './visit.js';

// ---- what the class is made of ------------------------------------------------------------------

function isPrivate(element) {
    return element.key && element.key.type === 'PrivateIdentifier';
}

function isInstanceField(element) {
    return element.type === 'PropertyDefinition' && !element.static;
}

// What the handlers below share about the class being put.
function Class(node, name) {
    this.node = node;
    this.name = node.id ? node.id.name : name || '';
    this.self = node.id ? node.id.name : fresh('class'); // the variable that holds it
    this.privates = Object.create(null);
    this.vars = [this.self];
    this.privateNames = [];
    this.constructorNode = null;
    this.fields = null; // the variable that holds the fields' initializer
    this.isFirst = true;
}

// Which objects have a private method or accessor, for errors.
function ownersOf(info, element) {
    if (element.type === 'PropertyDefinition') {
        return '';
    }
    return (element.static ? 'class ' : 'an instance of class ') + (info.name || 'anonymous');
}

function collectPrivates(info) {
    info.node.body.body.forEach(function (element) {
        if (element.type === 'MethodDefinition' && element.kind === 'constructor') {
            info.constructorNode = element.value;
        }
        if (isPrivate(element) && !info.privates[element.key.name]) {
            var key = fresh('private');
            info.privates[element.key.name] = { key: key, owners: ownersOf(info, element) };
            info.privateNames.push(key + ' = $lowered.private(' + quote('#' + element.key.name) + ')');
        }
        if (isInstanceField(element) || isPrivate(element) && !element.static) {
            info.fields = info.fields || fresh('fields');
        }
    });
}

// ---- the constructor ----------------------------------------------------------------------------

// Statements at the constructor's start and end.
function constructorHow(info, fn) {
    var isDerived = info.node.superClass !== null;
    var how = { name: info.name, isStrict: false, whole: info.node, start: '', end: '' };
    var called = 'new.target || $lowered.called(' + quote(info.name) + ')';
    fn.isConstructor = true;
    if (!isDerived) {
        how.start = (usesTarget(fn) ? 'var ' + aliases.target + ' = ' : '') + called + ';' +
            (info.fields ? info.fields + '.call(this);' : '');
        return how;
    }
    var result = fresh('self');
    fn.derived = result;
    how.start = 'var ' + aliases.target + ' = ' + called + ', ' + aliases.self + ' = this, ' + result + ';';
    how.end = ';return $lowered.self(' + result + ');';
    return how;
}

function usesTarget(fn) {
    return fn.needs.target || fn.uses.target.length > 0;
}

// Where super() has certainly been called: behind a statement of the body that is such a call.
function superEnd(node) {
    for (var i = 0; i < node.body.body.length; i++) {
        var statement = node.body.body[i];
        if (statement.type === 'ExpressionStatement' && statement.expression.type === 'CallExpression' &&
            statement.expression.callee.type === 'Super') {
            return statement.end;
        }
    }
    return Infinity;
}

function putConstructor(info, node) {
    node.fn.home = info.self + '.prototype';
    node.fn.class = info;
    node.fn.superEnd = info.node.superClass ? superEnd(node) : 0;
    node.fn.needs.self = node.fn.needs.self && !info.node.superClass;
    skipTo(node.start);
    visitFunction(node, constructorHow(info, node.fn));
}

function putDefaultConstructor(info) {
    var fields = info.fields ? info.fields + '.call(self);' : '';
    var directive = '{ "use lowered c0' + rangeText(info.node) + (info.name ? ' ' + info.name : '') + '"; ';
    if (info.node.superClass) {
        put('function () ' + directive + 'var self = $lowered.super(' + info.self + ', new.target || ' +
            '$lowered.called(' + quote(info.name) + '), this, arguments); ' + fields + ' return self; }');
    } else {
        put('function () ' + directive + 'new.target || $lowered.called(' + quote(info.name) + '); ' +
            fields.replace('self', 'this') + ' }');
    }
}

// super(...)
onSuperCall(function (node) {
    var fn = ownerFn();
    var info = fn.class;
    copyTo(node.start);
    put('(' + fn.derived + ' = $lowered.super(' + info.self + ', ' + aliases.target + ', ' +
        aliases.self + ', ');
    skipTo(find('(', node.callee.end) + 1);
    if (hasSpread(node.arguments)) {
        putList(node.arguments, node.end);
    } else {
        put('[');
        node.arguments.forEach(visit);
        copyTo(node.end - 1);
        put(']');
        skipTo(node.end);
    }
    put(', ' + fn.derived + ')' + (info.fields ? ', ' + info.fields + '.call(' + fn.derived + ')' : '') +
        ', ' + fn.derived + ')');
});

// return in the constructor of a derived class
export function visitReturn(node) {
    var owner = ownerFn();
    if (!owner.derived || owner !== current.fn) {
        return false;
    }
    copyTo(node.start);
    put('return $lowered.result(');
    if (node.argument) {
        skipTo(node.start + 6);
        visit(node.argument);
        copyTo(node.argument.end);
        copyTo(node.end - 1);
    } else {
        put('void 0');
    }
    put(', ' + owner.derived + ');');
    skipTo(node.end);
    return true;
}

// ---- fields and static blocks -------------------------------------------------------------------

function fieldKey(info, element) {
    if (isPrivate(element)) {
        return privateKey(element.key.name);
    }
    if (element.computed) {
        return element.held;
    }
    return quote(keyName(element.key));
}

function fieldName(element) {
    if (isPrivate(element)) {
        return '#' + element.key.name;
    }
    return element.computed ? undefined : keyName(element.key);
}

function markField(element, info, home) {
    var fn = element.fn;
    if (fn) {
        fn.isField = true;
        fn.home = home;
        fn.needs.self = false;
    }
}

// Puts `$lowered.field(this, key, value);` for a field.
function putField(info, element) {
    var define = isPrivate(element) ? '$lowered.add' : '$lowered.field';
    sync(element.start);
    put(define + '(self$, ' + fieldKey(info, element) + ', ');
    if (element.value) {
        skipTo(element.value.start);
        enterField(element, function () {
            if (isAnonymous(element.value)) {
                visitInit(element.value, fieldName(element));
            } else {
                putOperand(element.value);
            }
            copyTo(element.value.end);
        });
    } else {
        put('void 0');
    }
    put(');');
    skipTo(element.end);
}

// The initializer runs in a function whose `this` is the object: arrows inside use `self$`.
function enterField(element, work) {
    var outer = aliases.self;
    element.fn.needs.self = true;
    aliases.self = 'self$';
    enter(element.fn, 'function');
    work();
    leaveField();
    aliases.self = outer;
}

// A field's value is an expression: its temporaries are declared by the initializer's function.
function leaveField() {
    var own = current;
    var pending = own.vars;
    var count = own.declared;
    own.vars = [];
    own.declared = 0;
    leave();
    current.vars = current.vars.concat(pending);
    if (count > current.declared) {
        current.declared = count;
    }
}

function putPrivateMethod(info, element) {
    var kind = { method: 0, get: 1, set: 2 }[element.kind];
    var prefix = { method: '', get: 'get ', set: 'set ' }[element.kind];
    item(info, (element.static ? 10 : 11) + ', [' + privateKey(element.key.name) + ', ' + kind + ', ');
    element.value.fn.home = info.self + (element.static ? '' : '.prototype');
    skipTo(element.value.start);
    visitFunction(element.value, { name: prefix + '#' + element.key.name, isMethod: true, whole: element });
    put(']');
    skipTo(element.end);
}

function putStaticBlock(info, element) {
    skipTo(element.start);
    skipTo(find('{', element.start) + 1);
    put('(function () {"use lowered p0 <static_initializer>";');
    element.fn.isField = false;
    element.fn.home = info.self;
    enter(element.fn, 'function');
    put(element.fn.needs.self ? 'var ' + aliases.self + ' = this;' : '');
    element.body.forEach(visitStatement);
    copyTo(element.end - 1);
    leave();
    put('}).call(self$);');
    skipTo(element.end);
}

// ---- the list -----------------------------------------------------------------------------------

function item(info, text) {
    put((info.isFirst ? '' : ', ') + text);
    info.isFirst = false;
}

// To which run of the list an element belongs; elements of the same run that follow each other share
// an item.
function runOf(element) {
    if (element.type === 'StaticBlock') {
        return 'late';
    }
    if (element.type === 'PropertyDefinition') {
        return element.static ? 'late' : 'field';
    }
    if (element.kind === 'constructor') {
        return 'constructor';
    }
    if (isPrivate(element)) {
        return 'private';
    }
    if (element.computed && element.kind !== 'method') {
        return 'accessor';
    }
    return element.static ? 'static' : 'method';
}

var runs = {
    constructor: function (info, elements) {
        item(info, '2, ');
        putConstructor(info, elements[0].value);
    },
    method: function (info, elements) {
        putLiteral(info, 0, elements, info.self + '.prototype');
    },
    'static': function (info, elements) {
        putLiteral(info, 1, elements, info.self);
    },
    accessor: function (info, elements) {
        elements.forEach(function (element) {
            var home = info.self + (element.static ? '' : '.prototype');
            item(info, (element.kind === 'get' ? 5 : 6) + (element.static ? 2 : 0) + ', ');
            putComputedAccessor(element, { home: home });
            skipTo(element.end);
        });
    },
    field: function (info, elements) {
        putInitializer(info, 3, elements, info.self + '.prototype');
    },
    late: function (info, elements) {
        putInitializer(info, 4, elements, info.self);
    },
    'private': function (info, elements) {
        elements.forEach(function (element) {
            putPrivateMethod(info, element);
        });
    }
};

function putLiteral(info, kind, elements, home) {
    item(info, kind + ', {');
    elements.forEach(function (element, index) {
        put(index > 0 ? ', ' : ' ');
        skipTo(element.start);
        putMethod(element, { home: home });
        skipTo(element.end);
    });
    put(' }');
}

// A function that defines the fields, or runs the static blocks, of one run.
function putInitializer(info, kind, elements, home) {
    elements.forEach(function (element) {
        if (element.computed) {
            putHeldKey(info, element);
        }
        markField(element, info, home);
    });
    item(info, kind + ', function () { "use lowered p0 ' + initializerName(kind) + '"; var self$ = this; ');
    var outerFn = current.fn;
    enter(outerFn, 'function');
    elements.forEach(function (element) {
        skipTo(element.start);
        if (element.type === 'StaticBlock') {
            putStaticBlock(info, element);
        } else {
            putField(info, element);
        }
    });
    leave();
    put('}');
}

function initializerName(kind) {
    return kind === 3 ? '<instance_members_initializer>' : '<static_initializer>';
}

// The computed key of a field is evaluated with the class: kind 9.
function putHeldKey(info, element) {
    element.held = fresh('key');
    info.vars.push(element.held);
    item(info, '9, ' + element.held + ' = $lowered.key(');
    putOperand(element.key);
    put(')');
}

function putElements(info) {
    var elements = info.node.body.body;
    for (var i = 0; i < elements.length;) {
        var run = runOf(elements[i]);
        var from = i;
        do {
            i++;
        } while (i < elements.length && runOf(elements[i]) === run && !elements[i].computed);
        runs[run](info, elements.slice(from, i));
    }
    if (!info.constructorNode) {
        item(info, '2, ');
        putDefaultConstructor(info);
    }
}

function putHeritage(info) {
    var parent = info.node.superClass;
    if (!parent) {
        put('$lowered.none');
        return;
    }
    skipTo(find('extends', info.node.id ? info.node.id.end : info.node.start + 5) + 7);
    visit(parent);
    copyTo(parent.end);
    copyTo(find('{', parent.end)); // what closes its parentheses
}

// Puts the class as an expression.
export function visitClass(node, name) {
    var info = new Class(node, name);
    var wasStrict = current.fn.strict;
    collectPrivates(info);
    copyTo(node.start);
    put('(function () {' + inner(current.fn) + '"use strict"; var ');
    enterClass(info.privates);
    var context = enter(current.fn, 'function');
    if (info.fields) {
        info.vars.push(info.fields);
    }
    if (node.inner && node.inner.flag !== null) {
        info.privateNames.push(node.inner.flag); // read before it is set: that is the error
    }
    put(info.privateNames.concat(info.self).join(', ') + '; ');
    put('return $lowered.run(' + info.self + ' = $lowered.class(' + quote(info.name) + ', ');
    putHeritage(info);
    put(', [');
    skipTo(node.body.start + 1);
    putElements(info);
    sync(node.end - 1);
    put(']' + (info.fields ? ', function (run) { ' + info.fields + ' = run; }' : '') + '))');
    context.vars = context.vars.concat(info.vars.filter(function (each) {
        return each !== info.self;
    }));
    leave();
    put('})()');
    skipTo(node.end);
    leaveClass();
    current.fn.strict = wasStrict;
}

register({
    ClassExpression: function (node) {
        visitClass(node);
    },
    ClassDeclaration: function (node) {
        copyTo(node.start);
        put('var ' + nameOf(node.id) + ' = ');
        visitClass(node, node.id.name);
        put(flagged(node.id) + ';');
    }
});
