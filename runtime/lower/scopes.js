// The second pass: who declares which name, who uses it, and what follows from that. Annotates the
// tree: an Identifier that is a reference or declares a name gets `.binding`; functions `.fn`,
// loops `.loop`, blocks `.scope`. All references are resolved at the end, so the order in which
// declarations are met doesn't matter (bindings.js). naming.js and deadzone.js work on what this pass collects.
import { Binding, exposeTo, findAliases, Fn, Loop, resolve, Scope } from './bindings.js';
import { eachChild, eachName, hasUseStrict } from './tree.js';

var analysis; // what this pass hands on
var fn, scope, head;
var classHead; // in the heritage or a computed key of a class, which becomes a function

function declare(target, name, kind, node) {
    var binding = target.names[name];
    if (binding === undefined) {
        binding = new Binding(name, kind, target, node);
        target.names[name] = binding;
        if (target.fn.scope !== target) {
            target.fn.blocks.push(binding);
        }
        analysis.bindings.push(binding);
    } else if (kind === 'function' && binding.kind === 'var') {
        binding.kind = kind;
    }
    analysis.names[name] = true;
    return binding;
}

// The scope `var` and top-level functions of this place belong to.
function bodyScope() {
    var at = scope;
    while (!at.isBody) {
        at = at.parent;
    }
    return at;
}

function declareVar(node) {
    var body = bodyScope();
    var parameters = body.parent;
    if (body !== fn.scope && parameters === fn.scope && parameters.names[node.name]) {
        body = parameters;
    }
    node.binding = declare(body, node.name, 'var', node);
}

function reference(node, isWrite) {
    node.scope = scope;
    node.isWrite = isWrite === true;
    node.headOf = head;
    analysis.refs.push(node);
    analysis.names[node.name] = true;
    if (node.name === 'arguments') {
        useOf('args');
    }
}

// The function `this` belongs to here.
function ownerOf() {
    var owner = fn;
    while (owner.isArrow && owner.parent) {
        owner = owner.parent;
    }
    return owner;
}

// this, arguments, new.target: the function they belong to learns where they are used.
function useOf(what) {
    var owner = ownerOf();
    if (owner !== fn || classHead || fn.node.async || fn.node.generator) {
        owner.needs[what] = true;
    } else {
        owner.uses[what].push(scope);
    }
}

function inScope(inner, work) {
    var outer = scope;
    scope = inner;
    work();
    scope = outer;
}

function walk(node) {
    var handler = handlers[node.type];
    if (handler) {
        handler(node);
    } else {
        eachChild(node, walk);
    }
}

function walkAll(nodes) {
    for (var i = 0; i < nodes.length; i++) {
        if (nodes[i]) {
            walk(nodes[i]);
        }
    }
}

// ---- patterns: targets of declarations and of assignments --------------------------------------

function declarePattern(pattern, kind, ready, init) {
    eachName(pattern, function (name) {
        if (kind === 'var') {
            declareVar(name);
            return;
        }
        var binding = declare(scope, name.name, kind, name);
        binding.ready = ready;
        binding.init = init;
        binding.pattern = pattern;
        name.binding = binding;
    });
    markDefaults(pattern);
    walkDefaults(pattern);
}

// A name that has a default is not there before it, for what stands in the same pattern.
function markDefaults(pattern) {
    if (pattern.type === 'AssignmentPattern') {
        if (pattern.left.type === 'Identifier' && pattern.left.binding) {
            pattern.left.binding.readyInside = pattern.end;
        } else {
            markDefaults(pattern.left);
        }
    } else if (pattern.type === 'RestElement') {
        markDefaults(pattern.argument);
    } else if (pattern.type === 'ArrayPattern') {
        pattern.elements.forEach(function (element) {
            if (element) {
                markDefaults(element);
            }
        });
    } else if (pattern.type === 'ObjectPattern') {
        pattern.properties.forEach(function (property) {
            markDefaults(property.type === 'RestElement' ? property : property.value);
        });
    }
}

// Defaults and computed keys of a pattern whose names are declared.
function walkDefaults(pattern) {
    switch (pattern.type) {
    case 'AssignmentPattern':
        walkDefaults(pattern.left);
        walk(pattern.right);
        break;
    case 'RestElement':
        walkDefaults(pattern.argument);
        break;
    case 'ArrayPattern':
        pattern.elements.forEach(function (element) {
            if (element) {
                walkDefaults(element);
            }
        });
        break;
    case 'ObjectPattern':
        pattern.properties.forEach(function (property) {
            if (property.computed) {
                walk(property.key);
            }
            walkDefaults(property.type === 'RestElement' ? property : property.value);
        });
        break;
    }
}

function walkTarget(pattern) {
    switch (pattern.type) {
    case 'Identifier':
        reference(pattern, true);
        break;
    case 'AssignmentPattern':
        walkTarget(pattern.left);
        walk(pattern.right);
        break;
    case 'RestElement':
        walkTarget(pattern.argument);
        break;
    case 'ArrayPattern':
        pattern.elements.forEach(function (element) {
            if (element) {
                walkTarget(element);
            }
        });
        break;
    case 'ObjectPattern':
        pattern.properties.forEach(function (property) {
            if (property.computed) {
                walk(property.key);
            }
            walkTarget(property.type === 'RestElement' ? property : property.value);
        });
        break;
    default:
        walk(pattern);
    }
}

// ---- functions ----------------------------------------------------------------------------------

export function isSimple(params) {
    for (var i = 0; i < params.length; i++) {
        if (params[i].type !== 'Identifier') {
            return false;
        }
    }
    return true;
}

function openFn(node, isArrow) {
    fn = new Fn(fn, node, isArrow);
    fn.scope = new Scope(scope, fn, null);
    fn.scope.isBody = true;
    node.fn = fn;
    analysis.functions.push(fn);
    return fn;
}

// fn, scope and what depends on the place, kept while a function inside is walked
function enter() {
    var outer = { fn: fn, scope: scope, head: head, classHead: classHead };
    head = null;
    classHead = false;
    return outer;
}

function leave(outer) {
    fn = outer.fn;
    scope = outer.scope;
    head = outer.head;
    classHead = outer.classHead;
}

function walkFunction(node) {
    var outer = enter();
    if (node.type === 'FunctionExpression' && node.id) {
        scope = new Scope(scope, fn, scope.loop);
        fn.blocks.push(node.id.binding = scope.names[node.id.name] =
            new Binding(node.id.name, 'own', scope, node.id));
        analysis.names[node.id.name] = true;
    }
    openFn(node, node.type === 'ArrowFunctionExpression');
    scope = fn.scope;
    if (node.body.type === 'BlockStatement' && hasUseStrict(node.body.body)) {
        fn.strict = true;
    }
    node.params.forEach(function (param) {
        declarePattern(param, 'param', 0, null);
    });
    if (!isSimple(node.params)) {
        scope = new Scope(scope, fn, null);
        scope.isBody = true;
        fn.isUnmapped = !fn.strict && !fn.isArrow; // arguments are no aliases of its parameters
    }
    node.body.scope = scope;
    if (node.body.type === 'BlockStatement') {
        walkAll(node.body.body);
    } else {
        walk(node.body);
    }
    if (fn.isUnmapped && fn.uses.args.length) {
        fn.needs.args = true;
    }
    leave(outer);
}

// A class field's initializer or a static block: `this` in it is its own.
function walkImplicit(node, nodes) {
    var outer = enter();
    openFn(node, false);
    scope = fn.scope;
    walkAll(nodes);
    leave(outer);
}

function isBlockFunction() {
    return !scope.isBody;
}

function declareFunction(node) {
    var name = node.id.name;
    var target = scope;
    if (isBlockFunction() && !fn.strict && !node.generator && !node.async) {
        target = functionTarget(name);
        if (target === scope) {
            node.outer = sloppyVariable(name);
        }
    }
    var binding = declare(target, name, 'function', node.id);
    if (target !== scope) {
        (binding.blocks = binding.blocks || []).push(scope);
    }
    node.id.binding = binding;
    if (node.async || node.generator) {
        (scope.functions = scope.functions || []).push(node);
    }
    walkFunction(node);
    node.fn.binding = binding;
}

// Sloppy functions in blocks are also variables of the function around; where nothing speaks
// against it they are only that.
function functionTarget(name) {
    for (var at = scope; !at.isBody; at = at.parent) {
        if (at.names[name]) {
            return scope;
        }
    }
    var existing = at.names[name];
    return existing && (existing.kind !== 'var' || existing.blocks) ? scope : at;
}

function sloppyVariable(name) {
    for (var at = scope; !at.isBody; at = at.parent) {
        if (at.names[name] && at !== scope) {
            return null;
        }
    }
    var existing = at.names[name];
    if (!existing || existing.kind !== 'var' && existing.kind !== 'function') {
        return null;
    }
    for (at = scope.parent; existing.blocks && !at.isBody; at = at.parent) {
        if (existing.blocks.indexOf(at) >= 0) {
            return null; // a block around has its own
        }
    }
    return existing;
}

// ---- classes ------------------------------------------------------------------------------------

function walkClass(node) {
    var outer = scope;
    var wasStrict = fn.strict;
    if (node.id) {
        analysis.names[node.id.name] = true;
    }
    fn.strict = true;
    scope = new Scope(scope, fn, scope.loop);
    node.inner = null;
    if (node.id) {
        node.inner = declare(scope, node.id.name, 'inner', node.id);
        fn.blocks.pop(); // it lives in the function the class becomes
        node.inner.ready = node.body.start;
    }
    if (node.superClass) {
        walkClassHead(node.superClass);
    }
    node.body.body.forEach(walkElement);
    scope = outer;
    fn.strict = wasStrict;
}

function walkClassHead(node) {
    var outer = classHead;
    classHead = true;
    walk(node);
    classHead = outer;
}

function walkElement(element) {
    if (element.computed) {
        walkClassHead(element.key);
    }
    if (element.type === 'StaticBlock') {
        walkImplicit(element, element.body);
    } else if (element.type === 'PropertyDefinition') {
        if (element.value) {
            walkImplicit(element, [element.value]);
        }
    } else {
        walkFunction(element.value);
    }
}

// ---- loops --------------------------------------------------------------------------------------

function walkLoop(node, walkHead) {
    var outerScope = scope;
    var outerHead = head;
    var loop = new Loop(scope.loop, node, fn);
    node.loop = loop;
    fn.loops.push(loop);
    scope = new Scope(scope, fn, loop);
    node.headScope = scope;
    if (walkHead) {
        head = loop;
        walkHead(loop);
        head = outerHead;
    }
    scope = new Scope(scope, fn, loop);
    walk(node.body);
    scope = outerScope;
    head = outerHead;
}

function forEach(node) {
    walkLoop(node, function (loop) {
        if (node.left.type !== 'VariableDeclaration') {
            walkTarget(node.left);
            walk(node.right);
            return;
        }
        var pattern = node.left.declarations[0].id;
        declarePattern(pattern, node.left.kind, node.right.end, null);
        if (node.left.declarations[0].init) {
            walk(node.left.declarations[0].init);
        }
        if (node.left.kind !== 'var') {
            markHead(pattern, loop);
        }
        walk(node.right);
    });
}

function markHead(pattern, loop) {
    eachName(pattern, function (name) {
        name.binding.headOf = loop;
    });
}

function walkSwitch(node) {
    walk(node.discriminant);
    var inner = new Scope(scope, fn, scope.loop);
    inner.isSwitch = true;
    node.scope = inner;
    inScope(inner, function () {
        node.cases.forEach(function (clause) {
            var before = analysis.bindings.length;
            if (clause.test) {
                walk(clause.test);
            }
            walkAll(clause.consequent);
            for (var i = before; i < analysis.bindings.length; i++) {
                if (analysis.bindings[i].scope === inner) {
                    analysis.bindings[i].until = clause.end;
                }
            }
        });
    });
}

// ---- the rest -----------------------------------------------------------------------------------

function walkBlock(node) {
    node.scope = new Scope(scope, fn, scope.loop);
    inScope(node.scope, function () {
        walkAll(node.body);
    });
}

function walkMember(node) {
    walk(node.object);
    if (node.computed) {
        walk(node.property);
    }
}

function noteAwait() {
    fn.hasAwait = true;
    if (fn.parent === null) {
        analysis.has.await = true;
    }
}

// The text of a direct eval may use this and arguments.
function noteEval(node) {
    node.evalScope = scope;
    analysis.evals.push(node);
    useOf('self');
    if (ownerOf().parent !== null) {
        useOf('args');
    }
}

var handlers = {
    Identifier: function (node) {
        reference(node, false);
    },
    Literal: function () {},
    ThisExpression: function () {
        useOf('self');
    },
    Super: function () {
        useOf('self');
        ownerOf().usesSuper = true;
    },
    MetaProperty: function (node) {
        if (node.meta.name === 'new') {
            useOf('target');
        }
    },
    MemberExpression: walkMember,
    CallExpression: function (node) {
        if (node.callee.type === 'Identifier' && node.callee.name === 'eval') {
            noteEval(node);
        }
        walk(node.callee);
        walkAll(node.arguments);
    },
    Property: function (node) {
        if (node.computed) {
            walk(node.key);
        }
        walk(node.value);
    },
    AssignmentExpression: function (node) {
        if (node.left.type === 'Identifier') {
            reference(node.left, true);
            node.left.isRead = node.operator !== '=';
        } else {
            walkTarget(node.left);
        }
        walk(node.right);
    },
    UpdateExpression: function (node) {
        if (node.argument.type === 'Identifier') {
            reference(node.argument, true);
            node.argument.isRead = true;
        } else {
            walk(node.argument);
        }
    },
    VariableDeclaration: function (node) {
        node.scope = scope;
        node.declarations.forEach(function (declarator) {
            declarePattern(declarator.id, node.kind, declarator.end, declarator.init);
            if (declarator.init) {
                walk(declarator.init);
                if (declarator.init.fn && declarator.id.type === 'Identifier') {
                    declarator.init.fn.binding = declarator.id.binding;
                }
            }
        });
    },
    FunctionDeclaration: function (node) {
        if (node.id) {
            declareFunction(node);
        } else {
            walkFunction(node);
        }
    },
    FunctionExpression: walkFunction,
    ArrowFunctionExpression: walkFunction,
    ClassDeclaration: function (node) {
        if (node.id) {
            var binding = declare(scope, node.id.name, 'class', node.id);
            binding.ready = node.end;
            binding.init = node;
            node.id.binding = binding;
        }
        walkClass(node);
    },
    ClassExpression: walkClass,
    BlockStatement: walkBlock,
    SwitchStatement: walkSwitch,
    ForStatement: function (node) {
        walkLoop(node, function (loop) {
            if (node.init) {
                walk(node.init);
                if (node.init.type === 'VariableDeclaration' && node.init.kind !== 'var') {
                    node.init.declarations.forEach(function (declarator) {
                        markHead(declarator.id, loop);
                    });
                }
            }
            if (node.test) {
                walk(node.test);
            }
            if (node.update) {
                walk(node.update);
            }
        });
    },
    ForInStatement: forEach,
    ForOfStatement: function (node) {
        if (node.await) {
            noteAwait();
        }
        forEach(node);
    },
    WhileStatement: function (node) {
        walk(node.test);
        walkLoop(node, null);
    },
    DoWhileStatement: function (node) {
        walkLoop(node, null);
        walk(node.test);
    },
    CatchClause: function (node) {
        var inner = new Scope(scope, fn, scope.loop);
        node.scope = inner;
        inScope(inner, function () {
            if (node.param) {
                declarePattern(node.param, node.param.type === 'Identifier' ? 'catch' : 'let', 0, null);
            }
            node.body.scope = new Scope(scope, fn, scope.loop);
            inScope(node.body.scope, function () {
                walkAll(node.body.body);
            });
        });
    },
    LabeledStatement: function (node) {
        walk(node.body);
    },
    AwaitExpression: function (node) {
        noteAwait();
        walk(node.argument);
    },
    ImportDeclaration: function (node) {
        node.specifiers.forEach(function (specifier) {
            var binding = declare(scope, specifier.local.name, 'import', specifier.local);
            specifier.local.binding = binding;
        });
    },
    ExportNamedDeclaration: function (node) {
        if (node.declaration) {
            walk(node.declaration);
            exportsOf(node.declaration);
        } else if (!node.source) {
            node.specifiers.forEach(function (specifier) {
                if (specifier.local.type === 'Identifier') {
                    reference(specifier.local, false);
                    specifier.local.isExport = true;
                }
            });
        }
    },
    ExportDefaultDeclaration: function (node) {
        walk(node.declaration);
        if (node.declaration.id && node.declaration.id.binding) {
            node.declaration.id.binding.isExported = true;
        }
    },
    ExportAllDeclaration: function () {}
};

function exportsOf(declaration) {
    if (declaration.type === 'VariableDeclaration') {
        declaration.declarations.forEach(function (declarator) {
            eachName(declarator.id, function (name) {
                name.binding.isExported = true;
            });
        });
    } else {
        declaration.id.binding.isExported = true;
    }
}

// -> { root, refs, bindings, functions, names, has }
export function analyze(program, goal) {
    analysis = { refs: [], bindings: [], functions: [], evals: [],
        names: Object.create(null), has: {} };
    fn = null;
    scope = null;
    head = null;
    classHead = false;
    openFn(program, false);
    scope = fn.scope;
    fn.strict = goal === 'module' || hasUseStrict(program.body);
    program.scope = scope;
    walkAll(program.body);
    analysis.root = program.fn;
    analysis.refs.forEach(resolve);
    analysis.evals.forEach(exposeTo);
    analysis.functions.forEach(findAliases);
    return analysis;
}
