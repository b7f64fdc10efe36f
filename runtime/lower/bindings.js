// What scopes.js collects: functions, scopes, loops and bindings; and how references find their
// bindings once all are known.

// A function, or what behaves like one: the program, a class field's initializer, a static block.
export function Fn(parent, node, isArrow) {
    this.parent = parent;
    this.node = node;
    this.isArrow = isArrow;
    this.strict = parent !== null && parent.strict;
    this.through = Object.create(null); // names that are used in it and declared outside
    this.blocks = []; // bindings of inner scopes, which share its variables
    this.uses = { self: [], args: [], target: [] }; // scopes that use this, arguments, new.target
    this.needs = { self: false, args: false, target: false }; // an alias of them
    this.scope = null;
    this.loops = [];
    this.binding = null; // of a declaration or of what a const is initialized with
    this.earliest = -1; // deadzone.js
    this.classFields = false;
    this.hasEval = false; // it, or a function inside, calls eval: text there may use every name
}

export function Scope(parent, fn, loop) {
    this.parent = parent;
    this.fn = fn;
    this.names = Object.create(null);
    this.loop = loop; // the innermost loop of the same function around it
    this.isSwitch = false;
    this.isBody = false; // where `var` belongs
    this.functions = null; // declarations to mark at its start
}

export function Binding(name, kind, scope, node) {
    this.name = name;
    this.kind = kind; // var param function let const class catch import inner (class's own name)
    this.scope = scope;
    this.node = node;
    this.out = name; // the name in the output
    this.head = null; // its name in the head of a loop whose body becomes a function
    this.first = null; // its name where that head initializes it, if closures there keep it
    this.headOf = null;
    this.refs = [];
    this.isCaptured = false;
    this.isAssigned = false;
    this.isExported = false;
    this.ready = 0; // offset from where it is initialized
    this.pattern = null; // it is declared in
    this.readyInside = 0; // offset from where the rest of that pattern may use it
    this.until = Infinity; // offset until where that holds (the case of a switch)
    this.init = null;
    this.flag = null; // the variable that says it is initialized, where that has to be asked
}

export function Loop(parent, node, fn) {
    this.parent = parent;
    this.node = node;
    this.fn = fn;
    this.isFunction = false; // its body becomes one, because closures keep its bindings
    this.hasFirst = false; // closures in the first part of a for's head keep them
    this.hasTurns = false; // closures in its other parts do: these are part of every turn
}

// ---- references to their bindings ---------------------------------------------------------------

export function resolve(node) {
    var name = node.name;
    var from = node.scope;
    var at = from;
    var binding;
    for (; at; at = at.parent) {
        binding = at.names[name];
        if (binding !== undefined) {
            break;
        }
    }
    for (var user = from.fn; user && (!binding || user !== binding.scope.fn); user = user.parent) {
        if (user.through[name]) {
            break;
        }
        user.through[name] = true;
    }
    if (!binding) {
        return;
    }
    node.binding = binding;
    binding.refs.push(node);
    if (node.isWrite) {
        binding.isAssigned = true;
    }
    if (node.isExport) {
        binding.isExported = true;
    }
    if (from.fn !== binding.scope.fn) {
        capture(binding);
        if (binding.headOf && binding.headOf.node.type === 'ForStatement') {
            captureInHead(binding.headOf, node);
        }
    }
}

// A closure in the head of a for statement. What its first part declares is not what the turns have:
// where the loop itself is repeated that has to be another variable each time.
function captureInHead(loop, node) {
    var head = loop.node;
    if (node.start < head.init.end) {
        loop.hasFirst = true;
        if (loop.parent) {
            loop.parent.isFunction = true;
        }
    } else if (node.start < head.body.start) {
        loop.hasTurns = true;
    }
}

// A closure keeps the binding: when a loop makes it anew each time around, the loop's body has to
// become a function.
function capture(binding) {
    if (binding.isCaptured) {
        return;
    }
    binding.isCaptured = true;
    var loop = binding.scope.loop;
    if (loop && !binding.scope.isBody && binding.kind !== 'catch' && binding.kind !== 'own' &&
        binding.kind !== 'inner') {
        loop.isFunction = true;
    }
}

// A call of eval may use, keep and change everything it sees.
export function exposeTo(call) {
    for (var at = call.evalScope; at; at = at.parent) {
        for (var name in at.names) {
            at.names[name].isAssigned = true;
            if (at.fn !== call.evalScope.fn) {
                capture(at.names[name]);
            }
        }
    }
    for (var user = call.evalScope.fn; user; user = user.parent) {
        user.hasEval = true;
    }
}

// In a body that becomes a function `this` is not what it was.
export function findAliases(owner) {
    ['self', 'args', 'target'].forEach(function (what) {
        owner.uses[what].forEach(function (used) {
            for (var loop = used.loop; loop && !owner.needs[what]; loop = loop.parent) {
                owner.needs[what] = loop.isFunction;
            }
        });
    });
}
