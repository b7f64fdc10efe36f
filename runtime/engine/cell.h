/*
 * Cells: objects of our own in Duktape's heap. A cell is an ordinary object to scripts, with
 * properties and a prototype, and has a C struct behind its head that natives read without a
 * property lookup. Closures are native functions that carry values. Both are collected, counted and
 * charged like everything else of the heap. Intrinsics are what the language calls %Promise% and so
 * on: made when first needed, alive as long as the heap. Included by unity.c's parts only.
 *
 * Invariant: a value stored in a cell is counted (cell_set); visit() names every one of them, at any
 * moment at which something can be allocated.
 */
#ifndef RUNTIME_ENGINE_CELL_H
#define RUNTIME_ENGINE_CELL_H

#include "runtime/engine/parts.h"

typedef void (*cell_visit_fn)(duk_heap *heap, duk_tval *value);

struct cell;

struct cell_type {
    const char *name; /* of the class, for messages */
    size_t bytes;     /* of the whole struct */
    /* Calls `visit` for every value it holds. */
    void (*visit)(duk_heap *heap, struct cell *cell, cell_visit_fn visit);
    /* It is about to go; what it refers to is still there. NULL for nothing to do. */
    void (*dies)(duk_heap *heap, struct cell *cell);
    /* Frees what it allocated. May be NULL. */
    void (*freed)(duk_heap *heap, struct cell *cell);
};

struct cell {
    duk_hobject object;
    const struct cell_type *type;
};

/* A native function with values of its own. `number` is for its maker. */
#define CLOSURE_SLOTS 2
struct closure {
    duk_hnatfunc function;
    uint32_t number;
    duk_tval slots[CLOSURE_SLOTS];
};

/* A method, getter or constant of an intrinsic; the end of a list has no name. */
struct cell_method {
    const char *name; /* DUK_WELLKNOWN_SYMBOL too */
    duk_c_function function;
    int arguments; /* DUK_VARARGS, or as many as the function finds on its stack */
    int length;    /* what scripts see; CELL_GETTER for an accessor */
    int magic;
};
#define CELL_GETTER (-2)

/* Pushes a new cell, all zero behind its head. */
static void *cell_push(duk_hthread *thr, const struct cell_type *type, duk_hobject *prototype);
/* The cell at `index`, NULL when it is not of that type. */
static void *cell_get(duk_hthread *thr, duk_idx_t index, const struct cell_type *type);
static void *cell_of(duk_tval *value, const struct cell_type *type);
/* `this`, which stays on the stack; throws "Method `method` called on incompatible receiver". */
static void *cell_require_this(duk_hthread *thr, const struct cell_type *type, const char *method);
static void cell_throw_receiver(duk_hthread *thr, duk_idx_t index, const char *method);

/* Stores a counted copy of the value at `index`. */
static void cell_set(duk_hthread *thr, duk_tval *place, duk_idx_t index);
static void cell_clear(duk_hthread *thr, duk_tval *place);

static struct closure *closure_push(duk_hthread *thr, duk_c_function function, int arguments);
/* The closure that runs. */
static struct closure *closure_current(duk_hthread *thr);

/* [ object ] -> [ object ] */
static void cell_put_methods(duk_hthread *thr, const struct cell_method *methods);
/* [ object value ] -> [ object ]: `flags` of DUK_DEFPROP_SET_WRITABLE and so on. */
static void cell_put(duk_hthread *thr, const char *name, duk_uint_t flags);
/* [ object ] -> [ object ]: Symbol.toStringTag */
static void cell_put_tag(duk_hthread *thr, const char *tag);

enum intrinsic {
    INTRINSIC_PROMISE,
    INTRINSIC_PROMISE_PROTOTYPE,
    INTRINSIC_PROMISE_THEN,
    INTRINSIC_TASKS,
    INTRINSIC_ITERATOR_PROTOTYPE,
    INTRINSIC_ASYNC_ITERATOR_PROTOTYPE,
    INTRINSIC_ARRAY_ITERATOR_PROTOTYPE,
    INTRINSIC_STRING_ITERATOR_PROTOTYPE,
    INTRINSIC_MAP,
    INTRINSIC_MAP_PROTOTYPE,
    INTRINSIC_MAP_ITERATOR_PROTOTYPE,
    INTRINSIC_SET,
    INTRINSIC_SET_PROTOTYPE,
    INTRINSIC_SET_ITERATOR_PROTOTYPE,
    INTRINSIC_WEAK_MAP,
    INTRINSIC_WEAK_MAP_PROTOTYPE,
    INTRINSIC_WEAK_SET,
    INTRINSIC_WEAK_SET_PROTOTYPE,
    INTRINSIC_WEAK_REF,
    INTRINSIC_WEAK_REF_PROTOTYPE,
    INTRINSIC_REGISTRY,
    INTRINSIC_REGISTRY_PROTOTYPE,
    INTRINSIC_COUNT
};
_Static_assert(INTRINSIC_COUNT <= ENGINE_INTRINSICS, "more intrinsics than the engine has room for");

/* Makes it when it is not there yet; throws. */
static duk_hobject *intrinsic_get(duk_hthread *thr, enum intrinsic which);
/* NULL when it was never made. */
static duk_hobject *intrinsic_find(duk_heap *heap, enum intrinsic which);
/* [ object ] -> [ object ] */
static void intrinsic_set(duk_hthread *thr, enum intrinsic which);

/* Property names that are looked for often. */
enum intrinsic_name { NAME_THEN, NAME_SPECIES, NAME_DONE, NAME_COUNT };
static duk_hstring *intrinsic_name(duk_hthread *thr, enum intrinsic_name which);

/* The maker of `prototype`'s constructor: makes both, and keeps them. */
struct cell_class {
    const char *name;
    duk_c_function construct;
    int arguments, length;
    const struct cell_method *methods, *statics; /* may be NULL */
    enum intrinsic constructor, prototype;
};
static void cell_make_class(duk_hthread *thr, const struct cell_class *class);
/* In a constructor: pushes the prototype of the object to make. */
static duk_hobject *cell_push_prototype(duk_hthread *thr, enum intrinsic fallback);

#endif
