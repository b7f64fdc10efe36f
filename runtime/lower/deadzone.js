// let, const and class may not be used before they are initialized. This pass finds the uses that
// could come too early; only those are checked at run time. A use is safe when it stands behind the
// declaration in the same function, or in a function that cannot have been called before.

var CHECKED = { 'let': true, 'const': true, 'class': true, inner: true };

// The function directly inside `outer` that holds the reference; null when outer itself does.
function childOf(fn, outer) {
    while (fn.parent !== outer) {
        fn = fn.parent;
    }
    return fn;
}

// From which offset on, in the function around it, `fn` may run.
function earliest(fn) {
    if (fn.earliest >= 0) {
        return fn.earliest;
    }
    var node = fn.node;
    var binding = fn.binding;
    var isHoisted = node.type === 'FunctionDeclaration';
    var isFixed = binding && binding.scope.fn === fn.parent &&
        (isHoisted || binding.kind === 'const');
    if (!isFixed) {
        return fn.earliest = isHoisted ? 0 : node.start;
    }
    if (binding.isExported) {
        return fn.earliest = isHoisted ? 0 : node.end;
    }
    fn.earliest = Infinity; // while its uses are looked at: a cycle adds nothing
    var first = Infinity;
    binding.refs.forEach(function (ref) {
        var user = ref.scope.fn;
        if (user === fn.parent) {
            first = Math.min(first, ref.start);
        } else if (childOf(user, fn.parent) !== fn) {
            first = Math.min(first, earliest(childOf(user, fn.parent)));
        }
    });
    return fn.earliest = first;
}

// Whether evaluating the expression runs none of the functions in it.
function isInert(node) {
    switch (node.type) {
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'Literal':
    case 'Identifier':
        return true;
    case 'ObjectExpression':
        return node.properties.every(function (property) {
            return property.type === 'Property' && !property.computed && isInert(property.value);
        });
    case 'ArrayExpression':
        return node.elements.every(function (element) {
            return element && isInert(element);
        });
    case 'ClassExpression':
    case 'ClassDeclaration':
        return !node.superClass && node.body.body.every(function (element) {
            return element.type === 'MethodDefinition' && !element.computed;
        });
    }
    return false;
}

function isSafe(ref, binding) {
    var user = ref.scope.fn;
    var owner = binding.scope.fn;
    if (user === owner) {
        if (binding.pattern && ref.start < binding.pattern.end && ref.start >= binding.node.end &&
            ref.start >= binding.readyInside) {
            return true;
        }
        return ref.start >= binding.ready && ref.start < binding.until;
    }
    if (binding.until !== Infinity) {
        return false;
    }
    var fn = childOf(user, owner);
    if (binding.kind === 'inner') {
        return true; // statics run when it is set, methods later
    }
    if (binding.init && fn.node.start >= binding.init.start && fn.node.start < binding.ready &&
        isInert(binding.init)) {
        return true;
    }
    return earliest(fn) >= binding.ready;
}

// A default that uses its own parameter, or one behind it, fails for certain.
function findEarlyParameters(binding) {
    binding.refs.forEach(function (ref) {
        var end = Math.max(binding.readyInside, binding.node.end);
        if (ref.scope === binding.scope && ref.start < end) {
            ref.isEarly = true;
        }
    });
}

export function findChecks(analysis) {
    analysis.bindings.forEach(function (binding) {
        if (binding.kind === 'param') {
            findEarlyParameters(binding);
        }
        if (!CHECKED[binding.kind]) {
            return;
        }
        for (var i = 0; i < binding.refs.length; i++) {
            var ref = binding.refs[i];
            if (!ref.isExport && !isSafe(ref, binding)) {
                ref.isChecked = true;
                binding.flag = binding.name;
            }
        }
        if (binding.flag !== null && binding.scope.loop) {
            (binding.scope.flagged = binding.scope.flagged || []).push(binding);
        }
    });
}
