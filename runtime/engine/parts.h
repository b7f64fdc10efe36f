/*
 * What the parts of the engine's unit share: the engine itself, and the buffers that stand on
 * stores. Included by unity.c only, behind the amalgam.
 *
 * Invariant: `asked` is set before `end` leaves ALIVE and never cleared, so one relaxed load of it
 * tells an allocation that nothing is wrong.
 */
#ifndef RUNTIME_ENGINE_PARTS_H
#define RUNTIME_ENGINE_PARTS_H

#include "runtime/arena.h"
#include "runtime/engine/engine.h"

#include <setjmp.h>

#define ENGINE_INTRINSICS 40
#define ENGINE_NAMES      8

/* The links of everything that is referred to weakly (weak.c); in the heap's memory. */
struct weak_links {
    struct weak_link **buckets;
    size_t count, bucket_count;
    size_t dead; /* registered targets whose registry was not told yet */
};

/* A shared store as this heap holds it, however many buffers stand on it. */
struct hold {
    struct hold *next; /* same bucket */
    struct store *store;
    uint64_t buffers;
    uint32_t pin;
    uint32_t number; /* in a snapshot */
    size_t charged; /* bytes; it may have grown since */
};

/* A heap buffer whose memory is a store; `store` is NULL once it was given away. */
struct store_buffer {
    duk_hbuffer_external head;
    struct store *store;              /* counted */
    struct store_buffer *next, *prev; /* of this engine */
    uint32_t pin;                     /* of a store that is not shared */
    uint32_t number;                  /* in a snapshot */
};

/* A property of a built-in object that is made when it is first asked for (lazy.c). */
enum builtin_kind {
    BUILTIN_FUNCTION,
    BUILTIN_GETTER,
    BUILTIN_SAME,  /* the value of the holder's property `of` */
    BUILTIN_TEXT,  /* the string `of` */
    BUILTIN_VALUE, /* what `function`, called directly, pushes */
};

struct builtin {
    const char *name;   /* as the engine spells it; symbols too */
    uint8_t object;     /* number of the holder in the engine's start data */
    uint8_t kind;       /* enum builtin_kind */
    uint8_t flags;      /* DUK_PROPDESC_FLAGS_x */
    int8_t length;      /* of the function, as scripts see it */
    int8_t arguments;   /* how many it gets; DUK_VARARGS */
    int16_t magic;
    duk_c_function function;
    const char *of;
};

/* Built-in objects that the engine itself does not look up: their numbers in its start data. */
enum {
    MATH = 53,
    JSON,
    PROXY_ = 57,
    REFLECT,
    SYMBOL,
    ARRAY_BUFFER,
    DATA_VIEW,
    TYPED_ARRAY,
    TYPED_ARRAY_PROTOTYPE,
    INT8_ARRAY, /* and the eight others */
};

#define BUILTINS_MAX 1024

struct engine {
    _Atomic bool asked; /* to die, or dead */
    _Atomic int end;    /* enum engine_end */
    _Atomic bool is_noticed; /* the owner wants hooks.paused */
    duk_heap *heap;     /* NULL while it is created */
    duk_context *context;
    jmp_buf *birth; /* while the heap is created */
    struct arena *arena;
    struct engine_options options;
    uint64_t end_committed;
#ifdef ENGINE_MORTAL
    long mortal_in; /* allocations until it dies; 0: it need not */
    enum engine_end mortal_end;
#endif

    /* Collections. */
    bool is_forced;
    bool is_short; /* the collection is because memory was refused */
    uint64_t gc_started, gc_before, live;
    struct duk_heaphdr **deferred; /* while marking */
    size_t deferred_count, deferred_room;
    unsigned futile; /* emergency collections in a row that freed next to nothing */

    struct profile *profile; /* owned; while one is taken */
    const void *sampled_table; /* the block made last while one is taken, if it is large */
    const struct message *reading; /* borrowed; while one is read */
    const void *visiting; /* struct walk_teller, while a cell tells what it holds */

    /* Stores. */
    struct store_buffer *buffers;
    struct hold **holds; /* chained by the store's address */
    size_t hold_count, hold_buckets;
    uint64_t array_buffers, shared;    /* bytes */
    uint64_t array_buffers_at_collect; /* what was left after the last collection */
    duk_hobject *shared_prototype;     /* borrowed from the heap stash */

    duk_hobject *new_prototype; /* for Reflect.construct(); on the value stack meanwhile */

    /* Built-in objects by number: those with lazy properties, borrowed; and which were made. */
    duk_hobject *lazies[DUK_NUM_ALL_BUILTINS];
    uint64_t made[BUILTINS_MAX / 64];
    /* Cells (cell.h); borrowed from the heap stash. */
    duk_hobject *intrinsics[ENGINE_INTRINSICS];
    duk_hstring *names[ENGINE_NAMES];
    struct weak_links weak;
    duk_hobject *on_resolve; /* of async hooks, alive in the stash; NULL for none */
    duk_hobject *new_target; /* of the native constructor about to run; borrowed from its caller */
};

static inline struct engine *engine_in(const duk_heap *heap)
{
    return heap->heap_udata;
}

/* The heap is dead from here on: nothing is allocated, no script runs. */
static void engine_die(struct engine *engine, enum engine_end end);

/* A block or store was made, or is gone, while a profile is taken. */
static void sample_made(struct engine *engine, const void *block, size_t bytes);
static void sample_gone(struct engine *engine, const void *block);
static void sample_end(struct engine *engine);

static void buffers_release(struct engine *engine);
static void shared_array_buffer_init(duk_context *ctx);
static void surface_init(duk_context *ctx);

#endif
