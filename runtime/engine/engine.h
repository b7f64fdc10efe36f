/*
 * The engine layer: what the runtime asks of a Duktape heap beyond Duktape's public API. It is
 * compiled in one translation unit with the engine (unity.c) and is the only code that sees its
 * internals: exact accounting, uncatchable death, kill of busy loops and long natives, external
 * stores with O(1) detach, direct structured clone.
 *
 * One engine is used by one thread, its creator's, except engine_terminate().
 */
#ifndef RUNTIME_ENGINE_H
#define RUNTIME_ENGINE_H

#include "runtime/message.h"
#include "runtime/store.h"
#include "wire/layout.h"

#include <stdbool.h>

#include "duktape.h"

struct engine;
struct port;

struct engine_gc {
    enum wire_gc kind;
    uint64_t started; /* CLOCK_MONOTONIC ns */
    uint64_t pause;   /* ns */
    uint64_t before;  /* heap_used, bytes */
    uint64_t after;
};

/* The property of objects that are ports, or were. */
#define ENGINE_MOVED DUK_HIDDEN_SYMBOL("port")

/* What an object is to the clone. */
enum engine_kind {
    ENGINE_PLAIN, /* its own enumerable properties */
    ENGINE_HOST,  /* cannot be cloned */
    ENGINE_PORT,  /* moved when it is in the transfer list */
};

/* What the runtime is told; every pointer may be NULL. Called on the engine's thread. Hooks marked
 * (C) must not touch the heap. */
/* What a text is that is to be lowered at run time. */
enum engine_code {
    ENGINE_EVAL,
    ENGINE_NAMED_EVAL, /* of a direct eval: how names are called around it is at index 1 */
    ENGINE_FUNCTION
};

struct engine_hooks {
    void (*collected)(void *owner, const struct engine_gc *gc);              /* (C) */
    void (*shared)(void *owner, const struct store *store, uint64_t refs);   /* (C) first view */
    void (*released)(void *owner, const struct store *store, uint64_t refs); /* (C) last view */
    /* The running script stands between two instructions, because engine_notice() asked: the heap
     * may be collected and looked at, nothing may be run or pushed. */
    void (*paused)(void *owner);
    /* What an object of the runtime is. Asked of objects whose prototype is not Object.prototype.
     * (C) NULL: all are plain. */
    enum engine_kind (*kind_of)(void *owner, duk_context *ctx, duk_idx_t index);
    /* The object stops being a port (it is moved); the reference becomes the caller's. (C) */
    struct port *(*port_take)(void *owner, duk_context *ctx, duk_idx_t index);
    /* Pushes an object for a port that arrived and takes the reference. May throw,
     * and has not taken it then. */
    void (*port_push)(void *owner, duk_context *ctx, struct port *port);
    /* Code for eval at index 0, or for Function its body there and its parameters at 1, that the
     * engine can't read: replaces index 0 by text it can (for Function, an expression that is the
     * function). May throw; calls no script. */
    void (*lower)(void *owner, duk_context *ctx, enum engine_code code);
    /* [ name of a file or of other code ] -> [ the text that was compiled under that name ], the source
     * itself when it was lowered; undefined when it can't be had any more. May throw. */
    void (*text)(void *owner, duk_context *ctx, bool is_lowered);
    /* Drops a reference; any thread. Messages carry it for ports that nobody took. */
    void (*port_unref)(struct port **port);
};

struct engine_options {
    struct wire_slot *slot;  /* where it counts; borrowed, outlives the engine; never NULL */
    struct segment *segment; /* where stores are listed; may be NULL */
    uint64_t heap_limit;     /* bytes of committed heap; UINT64_MAX for none */
    uint64_t external_limit; /* bytes of external stores; UINT64_MAX for none */
    void *owner;             /* handed to the hooks */
    struct engine_hooks hooks;
};

enum engine_end { ENGINE_ALIVE, ENGINE_TERMINATED, ENGINE_OUT_OF_MEMORY };

/* How deep scripts of engines of this thread may call: so much stack, of which a native may use all,
 * `scale` times as large where frames are. Before the thread's first engine; without it natives may
 * use the thread's whole stack. */
void engine_limit_stack(uint64_t bytes, unsigned scale);
/* Gives back what was deeper in such a thread's stack than it is now. */
void engine_trim_stack(void);

/* NULL when there is no memory for it (or the limit is too small for an empty heap). */
struct engine *engine_new(const struct engine_options *options);
/* Unpins every store and unmaps the arena; the slot's figures are 0 after it. The heap is not
 * walked and no finalizer runs: whoever keeps native resources for script objects keeps a list of
 * them. */
void engine_free(struct engine **engine);
/* Gives the heap's free pages back, as every collection does. */
void engine_trim_heap(struct engine *engine);

/*
 * A heap that was made and filled once, from which others are cast in a fraction of the time. `fill` runs
 * in heaps without owner and hooks, twice, and must do the same both times. NULL when that cannot be, or
 * there is no memory. Never freed; any thread casts from it.
 */
struct engine_image;
struct engine_image *engine_image_make(duk_safe_call_function fill, void *udata);
/* As engine_new(). NULL also when the limit is below what the image holds. */
struct engine *engine_cast(const struct engine_image *image, const struct engine_options *options);

duk_context *engine_context(struct engine *engine);
struct engine *engine_of(duk_context *ctx);
void *engine_owner(duk_context *ctx);

/* Why the engine no longer runs script; once not ALIVE, every call into it fails uncatchably and
 * only engine_free() is left. Errors that surface from such an engine are not the script's. */
enum engine_end engine_end(const struct engine *engine);
/* heap_total at the moment of an OUT_OF_MEMORY death, bytes. */
uint64_t engine_end_committed(const struct engine *engine);

/*
 * Asks for death; any thread, idempotent. The engine dies at its next safe point. To reach it out
 * of a long native, make engine_interrupt() run in the engine's own thread (signal handler) and
 * repeat until engine_is_dying() or the thread ended.
 */
void engine_terminate(struct engine *engine);
/* Async-signal-safe; only in the engine's own thread. */
void engine_interrupt(struct engine *engine);
/* Any thread: death was asked for and noticed. */
bool engine_is_dying(const struct engine *engine);

/* Has hooks.paused called soon, if a script runs. Any thread, while the engine exists. */
void engine_notice(struct engine *engine);

/* Full collection; hooks.collected is called. Sets heap_live of the slot. */
void engine_collect(struct engine *engine);
/* Bytes of live heap found by the last full collection, WIRE_UNKNOWN before the first. */
uint64_t engine_live(const struct engine *engine);

/*
 * Pushes an ArrayBuffer or SharedArrayBuffer (by store_is_shared) over `store` and takes the
 * reference, also when it throws. The heap keeps one store reference per buffer.
 */
void engine_push_store(duk_context *ctx, struct store *store);
/* A store that is not shared is about to be pushed: makes room for it, or the heap dies of it. */
void engine_admit(duk_context *ctx, const struct store *store);
/* Bytes that unshared stores may have together; UINT64_MAX for no limit. */
uint64_t engine_external_limit(const struct engine *engine);
/* Pushes an ArrayBuffer over `bytes` new zeroed bytes, within the limits; its data. May throw. */
unsigned char *engine_push_array_buffer(duk_context *ctx, size_t bytes);
/* The store behind an ArrayBuffer, SharedArrayBuffer or view (borrowed), NULL for anything else or
 * when detached. */
struct store *engine_get_store(duk_context *ctx, duk_idx_t index);
/* Typed view facts for Atomics and friends: false when `index` is not an attached integer view. */
struct engine_view {
    struct store *store; /* borrowed */
    unsigned char *data; /* first element */
    size_t length;       /* elements */
    unsigned element_bytes;
    bool is_signed, is_clamped, is_shared;
    bool is_float;
};
bool engine_get_view(duk_context *ctx, duk_idx_t index, struct engine_view *view);

/*
 * Structured clone. Serializes the value at `value`; `transfer` is the index of an array of
 * ArrayBuffers and ports to move, or DUK_INVALID_INDEX. All of the list is checked before anything
 * is moved. On success returns 0 and *message, and moved buffers are detached. On failure returns
 * -1 with an Error pushed (name DataCloneError with Node's wording, or whatever a getter threw) and
 * nothing moved. Never throws itself.
 */
int engine_clone_write(duk_context *ctx, duk_idx_t value, duk_idx_t transfer,
                       struct message **message);
/* Pushes the value of `message`; its stores and ports are taken as they are reached. Returns 0, or
 * -1 with an Error pushed. The message stays the caller's to free. Never throws itself. */
int engine_clone_read(duk_context *ctx, struct message *message);
/* The same without a protected call of its own, for messages that are small: what it throws is the
 * caller's to catch, who then asks engine_clone_give_up() whether it was reading that failed. */
bool engine_clone_is_small(const struct message *message);
void engine_clone_read_small(duk_context *ctx, struct message *message);
bool engine_clone_give_up(duk_context *ctx);
/* The message that is being read, for the hooks called meanwhile; NULL when there is none. */
const struct message *engine_reading(const struct engine *engine);

/* Pushes the constructor of that name that is a native of ours: Promise, Map, Set, WeakMap, WeakSet,
 * WeakRef, FinalizationRegistry. May throw. */
void engine_push_constructor(duk_context *ctx, const char *name);
/* Pushes an Error with the name, code and message of a DataCloneError, and this property. May throw. */
#define ENGINE_CLONE_ERROR DUK_HIDDEN_SYMBOL("cloneError")
void engine_push_clone_error(duk_context *ctx, const char *text);
/* The property of objects that no transfer list moves (a copy is sent, or nothing can be). */
#define ENGINE_PINNED DUK_HIDDEN_SYMBOL("pinned")
/* Pushes a new pending promise. May throw. */
void engine_promise_push(duk_context *ctx);
/* Settles it with the value, or lets it follow that; rejects it when `is_rejected`. */
void engine_promise_settle(duk_context *ctx, duk_idx_t promise, duk_idx_t value, bool is_rejected);

/* What a snapshot held and cost. */
struct engine_snapshot {
    uint64_t nodes, edges;
    uint64_t bytes;  /* written */
    uint64_t memory; /* of the process, outside the heap, while it was taken */
};
/*
 * Collects, then writes the whole heap to `fd` as V8's .heapsnapshot. No script runs meanwhile and
 * nothing is allocated in the heap; about 3 % of its size is taken from the process, but no more
 * than `memory_max` bytes. 0 with *figures; -ENOMEM, -ECANCELED when the engine was told to die, or
 * what write() said. Call it between two instructions of the script: from a native or the loop.
 */
int engine_snapshot(struct engine *engine, int fd, uint64_t memory_max,
                    struct engine_snapshot *figures);

/*
 * A sampled allocation profile of what is alive, by call site: heap and stores that are not shared.
 * On average one sample each `interval` bytes. Costs nothing while none is taken; see
 * docs/performance.md for what it costs then. 0, -EALREADY or -ENOMEM.
 */
int engine_profile_start(struct engine *engine, double interval);
struct engine_profile {
    uint64_t samples;     /* of what is still alive */
    uint64_t taken, lost; /* all; those there was no memory for */
    uint64_t live;        /* bytes they stand for */
};
/* Ends it, and writes it to `fd` (unless that is -1) as V8's .heapprofile. 0 with *figures, -ENOENT
 * when none is taken, -ENOMEM, or what write() said. */
int engine_profile_stop(struct engine *engine, int fd, struct engine_profile *figures);

/* While one is taken: as profile_sites(), without the engine's own tables; -ENOENT when none is. */
struct profile_site;
int engine_profile_sites(struct engine *engine, struct profile_site *sites, size_t max);

struct census;
/* Counts all things of the heap by kind into a new census. About 50 ns each; collect before, or
 * garbage counts too. 0, -ENOMEM, or -ECANCELED when the engine was told to die. */
int engine_census(struct engine *engine, struct census *census);

/* Iterators of Maps and Sets whose next() is the engine's own: true for those; the next value, false
 * and nothing pushed at the end; an array of all that is left. May throw. */
bool engine_is_walkable(duk_context *ctx, duk_idx_t index);
bool engine_push_step(duk_context *ctx, duk_idx_t index);
void engine_push_rest(duk_context *ctx, duk_idx_t index);

/* The value on the top becomes element `at` of an array no script has seen, whatever scripts made of
 * Array.prototype; pops it. May throw for want of memory only. */
void engine_put_fresh(duk_context *ctx, duk_idx_t array, uint32_t at);

/* Own data properties, read without running anything of a script; `name` and `table` are literals. The
 * pointer that property `name` is, else NULL; and whether property `name` of the object that property
 * `table` is, is an array of one function, which is pushed then. May throw for want of memory only. */
#define engine_own_pointer(ctx, index, name) engine_own_pointer_n(ctx, index, name, sizeof(name) - 1)
#define engine_push_only_function(ctx, index, table, name)                                         \
    engine_push_only_function_n(ctx, index, table, sizeof(table) - 1, name, sizeof(name) - 1)
void *engine_own_pointer_n(duk_context *ctx, duk_idx_t index, const char *name, size_t size);
bool engine_push_only_function_n(duk_context *ctx, duk_idx_t index, const char *table,
                                 size_t table_size, const char *name, size_t name_size);

/* Pushes what inspect() shows of a Map, Set, Promise, WeakMap, WeakSet or iterator of a Map or Set:
 * [class, state, list]. State is the size, the promise's 0 (pending), 1 or 2 (rejected), or whether
 * an iterator gives pairs; the list is flat. Undefined for anything else. May throw. */
void engine_push_preview(duk_context *ctx, duk_idx_t index);
/* What an object is by its making: "Array", "Map", "Proxy", "Error" …; "" for a primitive. Static, or
 * alive as long as the heap. Never throws. */
const char *engine_kind(duk_context *ctx, duk_idx_t index);
/* Pushes target and handler of a Proxy; false and nothing when it is none. */
bool engine_push_proxy(duk_context *ctx, duk_idx_t index);

/* For built-in modules: within the compiled function at `index` only functions with a capitalized
 * name can be constructed; the others get no prototype object each time one is made. */
void engine_plain_functions(duk_context *ctx, duk_idx_t index);

/* "file:line" of the innermost script function on the call stack, or "" ; for records and errors.
 */
void engine_position(duk_context *ctx, char *text, size_t size);
/* Pushes the file name of the innermost script function on the call stack, or "". May throw. */
void engine_push_caller(duk_context *ctx);

#endif
