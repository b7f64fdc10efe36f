// Block scopes become variables of the function around them. This pass chooses their names in the
// output: as written, unless another variable of the function, or one from outside that the function
// uses, has that name. Blocks beside each other share a variable when no closure keeps it.

// Letters that the engine may not know, beyond the scripts of its tables.
var UNKNOWN = /[^\w$\u00aa-\u1fff\u3041-\u3096\u309d-\ud7ff]/;

var names; // all that occur in the source or were made
var sign; // between a name and its number
var isScript;

var LEXICAL = { 'let': true, 'const': true, 'class': true };

// Code for eval shares a scope with the code around it, so what is made there is called otherwise.
export function chooseSign(goal) {
    isScript = goal === 'script';
    sign = isScript ? '$e' : '$';
}

// A name that occurs nowhere: `base`, a dollar sign, a number.
export function fresh(base) {
    var number = 1;
    while (names[base + sign + number]) {
        number++;
    }
    names[base + sign + number] = true;
    return base + sign + number;
}

function isInside(scope, outer) {
    for (; scope; scope = scope.parent) {
        if (scope === outer) {
            return true;
        }
    }
    return false;
}

function canShare(binding, other) {
    return !binding.isCaptured && !other.isCaptured && other.kind !== 'catch' &&
        other.kind !== 'own' && binding.flag === null && other.flag === null &&
        !isInside(binding.scope, other.scope) && !isInside(other.scope, binding.scope);
}

function isTaken(fn, binding, placed) {
    if (fn.scope.names[binding.name] || fn.through[binding.name] || fn.hasEval) {
        return true;
    }
    var others = placed[binding.name];
    for (var i = 0; others && i < others.length; i++) {
        if (others[i].out === binding.name && !canShare(binding, others[i])) {
            return true;
        }
    }
    return false;
}

function nameBlocks(fn) {
    var placed = Object.create(null);
    fn.blocks.forEach(function (binding) {
        if (binding.kind === 'catch' || binding.kind === 'own') {
            (placed[binding.name] = placed[binding.name] || []).push(binding);
        }
    });
    fn.blocks.forEach(function (binding) {
        if (binding.kind === 'catch' || binding.kind === 'own') {
            return;
        }
        if (isTaken(fn, binding, placed)) {
            binding.out = fresh(binding.name);
        }
        (placed[binding.name] = placed[binding.name] || []).push(binding);
        binding.isShared = placed[binding.name].length > 1;
    });
}

export function nameBindings(analysis) {
    names = analysis.names;
    analysis.functions.forEach(nameBlocks);
    analysis.bindings.forEach(function (binding) {
        if (UNKNOWN.test(binding.name)) {
            binding.out = fresh('name');
        } else if (isScript && LEXICAL[binding.kind] && binding.scope === analysis.root.scope) {
            binding.out = fresh(binding.name); // the code's own, though it declares in another scope
        }
        if (binding.headOf && binding.headOf.isFunction) {
            binding.head = fresh(binding.name);
            binding.first = binding.headOf.hasFirst ? fresh(binding.name) : null;
        }
        if (binding.flag !== null) {
            binding.flag = fresh(binding.name);
        }
    });
}
