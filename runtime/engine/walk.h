/*
 * A look at a heap that stands still: everything that lies in it, what each thing is, how large,
 * and what it refers to. Reads only: nothing is allocated in the heap, no script runs, no reference
 * count changes, so it works in a heap that is full. Included by unity.c only.
 */
#ifndef RUNTIME_ENGINE_WALK_H
#define RUNTIME_ENGINE_WALK_H

#include "runtime/engine/cell.h"

/* V8's kinds of nodes that occur here, by V8's numbers. */
enum walk_type {
    WALK_HIDDEN = 0,
    WALK_STRING = 2,
    WALK_OBJECT = 3,
    WALK_CODE = 4,
    WALK_CLOSURE = 5,
    WALK_REGEXP = 6,
    WALK_NATIVE = 8,
    WALK_SYNTHETIC = 9,
    WALK_SYMBOL = 12,
};

/* V8's kinds of edges, likewise. */
enum walk_kind { WALK_CONTEXT, WALK_ELEMENT, WALK_PROPERTY, WALK_INTERNAL, WALK_SHORTCUT = 5 };

/* Names that are no strings of the heap. */
#define WALK_TEXTS(X)                                                                              \
    X(NONE, "")                                                                                    \
    X(GC_ROOTS, "(GC roots)")                                                                      \
    X(STACKS, "(Stacks)")                                                                          \
    X(STASH, "(Runtime's own)")                                                                    \
    X(BUILT_IN_STRINGS, "(Built-in strings)")                                                      \
    X(PENDING, "(Pending error)")                                                                  \
    X(KEYS, "(Property names)")                                                                    \
    X(OTHERS, "(Held by natives)")                                                                 \
    X(TABLES, "(Engine tables)")                                                                   \
    X(GLOBAL, "global")                                                                            \
    X(ANONYMOUS, "(anonymous)")                                                                    \
    X(SCOPE, "system / Context")                                                                   \
    X(THREAD, "system / Thread")                                                                   \
    X(CODE, "(code)")                                                                              \
    X(BUFFER, "system / Buffer")                                                                   \
    X(STORE, "system / JSArrayBufferData")                                                         \
    X(SHARED_STORE, "system / SharedArrayBufferData")                                              \
    X(PROTO, "__proto__")                                                                          \
    X(CONTEXT, "context")                                                                          \
    X(VARIABLES, "variables")                                                                      \
    X(THREAD_EDGE, "thread")                                                                       \
    X(TARGET, "target")                                                                            \
    X(HANDLER, "handler")                                                                          \
    X(BOUND_FUNCTION, "bound_function")                                                            \
    X(BOUND_THIS, "bound_this")                                                                    \
    X(BOUND_ARGUMENT, "bound_argument")                                                            \
    X(BACKING_STORE, "backing_store")                                                              \
    X(VIEWED_BUFFER, "viewed_array_buffer")                                                        \
    X(CALLED, "called_function")                                                                   \
    X(RESUMER, "resumer")                                                                          \
    X(BUILT_IN, "built_in")                                                                        \
    X(CONSTANT, "constant")                                                                        \
    X(INNER, "inner_function")                                                                     \
    X(HELD, "held")                                                                                \
    X(KEY, "key")

#define WALK_ENUM(name, text) WALK_TEXT_##name,
enum walk_text { WALK_TEXTS(WALK_ENUM) WALK_TEXT_COUNT };
#undef WALK_ENUM

struct walk_node {
    enum walk_type type;
    const duk_hstring *name; /* or NULL: */
    enum walk_text text;
    uint64_t bytes; /* of its heap; exactly what the arena counts for it */
};

struct walk_edge {
    enum walk_kind kind;
    const duk_hstring *name; /* or NULL: an index for WALK_ELEMENT, else: */
    enum walk_text text;
    uint32_t index;
    const duk_heaphdr *to; /* or NULL: the store of `store` */
    const struct store_buffer *store;
};

/* What a function's code refers to is told once, as the code's own. */
struct walk_code {
    const duk_hbuffer *data;
    const duk_hcompfunc *function; /* one of those that run it */
};

struct walk {
    struct engine *engine;
    duk_heap *heap;
    struct walk_code *codes; /* owned; open addressing by data */
    size_t code_count, code_room;
    /* The name of objects by prototype, for those met last. */
    struct {
        const duk_hobject *prototype;
        const duk_hstring *name;
    } names[64];
};

/* False ends the walk. */
typedef bool (*walk_thing_fn)(void *context, const duk_heaphdr *thing);
typedef void (*walk_edge_fn)(void *context, const struct walk_edge *edge);

#endif
