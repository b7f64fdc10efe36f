// Where the output is at: the function whose code is being put, its temporaries and the variables
// it must declare at its end. A loop's body that becomes a function is such a context too.
import { fresh } from './naming.js';
import { put } from './editor.js';

function Context(parent, fn, kind) {
    this.parent = parent;
    this.fn = fn;
    this.kind = kind; // function, loop
    this.next = 1; // temporary
    this.vars = [];
    this.declared = 0; // temporaries so far
    this.exits = []; // of a loop's function: what the loop has to do after a call
    this.isCoroutine = false;
    this.targets = []; // labels and loops around the place
    this.derived = null; // the constructor of a derived class, see classes.js
}

export var current = null;
var temporary; // their names, shared by all functions

export function reset() {
    current = null;
    temporary = [];
}

export function enter(fn, kind) {
    current = new Context(current, fn, kind);
    return current;
}

// Puts the declarations due at the end of the function.
export function leave() {
    var all = current.vars;
    for (var i = 0; i < current.declared; i++) {
        all.push(temporary[i]);
    }
    if (all.length) {
        put(';var ' + all.join(', ') + ';');
    }
    current = current.parent;
}

// A temporary variable, free again when the statement ends.
export function temp() {
    var index = current.next++ - 1;
    if (index >= temporary.length) {
        temporary.push(fresh(''));
    }
    if (index >= current.declared) {
        current.declared = index + 1;
    }
    return temporary[index];
}

export function mark() {
    return current.next;
}

export function release(to) {
    current.next = to;
}

// A variable of the function that no other place uses.
export function variable(base) {
    var name = fresh(base);
    current.vars.push(name);
    return name;
}

// The context that `var` belongs to: loops' functions are not it.
export function owner() {
    var context = current;
    while (context.kind === 'loop') {
        context = context.parent;
    }
    return context;
}

export function addVar(name) {
    var context = owner();
    if (context.vars.indexOf(name) < 0) {
        context.vars.push(name);
    }
}
