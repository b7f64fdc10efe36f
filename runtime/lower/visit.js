// The lowering pass walks the tree once; each kind of node that changes has a handler, registered by
// the file that knows the feature. What has no handler is copied, its children visited.
import { eachChild } from './tree.js';
import { current, mark, release } from './context.js';

var handlers = Object.create(null);

export function register(added) {
    for (var type in added) {
        handlers[type] = added[type];
    }
}

export function visit(node) {
    var handler = handlers[node.type];
    if (handler) {
        handler(node);
    } else {
        eachChild(node, visit);
    }
}

export function visitAll(nodes) {
    for (var i = 0; i < nodes.length; i++) {
        if (nodes[i]) {
            visit(nodes[i]);
        }
    }
}

// A statement: temporaries used in it are free behind it.
export function visitStatement(node) {
    var before = mark();
    visit(node);
    release(before);
}

export function ownerFn() {
    var fn = current.fn;
    while (fn.isArrow && fn.parent) {
        fn = fn.parent;
    }
    return fn;
}
