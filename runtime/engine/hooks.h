/*
 * What the patched engine calls in us: declared before the amalgam is read, defined behind it.
 * Included by unity.c only.
 */
#ifndef RUNTIME_ENGINE_HOOKS_H
#define RUNTIME_ENGINE_HOOKS_H

#include "runtime/engine/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct duk_heap;
struct duk_hthread;
struct duk_hbuffer;
struct duk_hbufobj;
struct duk_hobject;
struct duk_hstring;
struct duk_tval_struct;
struct duk_bitdecoder_ctx;
struct duk_heaphdr;

/* What strings' hashes start from: the same in all heaps of the process, another in the next. */
static uint32_t engine_hash_seed(void);

/* An allocation failed for good: the heap is dead from here on. */
static void engine_heap_exhausted(struct duk_heap *heap);

/* Throws when the engine was told to stop. Natives that loop without allocating ask. */
static void engine_check_stop(struct duk_hthread *thr);
/* The same, next to free while nobody asked: death and signals zero the counter of the thread. */
#define ENGINE_CHECK_STOP(thr)                                                                     \
    do {                                                                                           \
        if (DUK_UNLIKELY((thr)->interrupt_counter == 0)) {                                         \
            engine_check_stop((thr));                                                              \
        }                                                                                          \
    } while (0)

static void engine_gc_begin(struct duk_heap *heap);
static void engine_gc_end(struct duk_heap *heap, unsigned flags);
/* A collection follows, mostly because memory was refused. Once that one has marked: whether it is of no
 * use, because nothing is garbage; then it goes no further, and the heap is exhausted. */
static void engine_gc_short(struct duk_heap *heap);
static bool engine_gc_is_futile(struct duk_heap *heap);
/* Whether the collection that just ended freed so little that another one, which also compacts objects,
 * is not worth its time. */
static bool engine_gc_freed_little(struct duk_heap *heap);

/* Marking came to its depth limit at `header`: keeps it for later, so that deep structures need no
 * scans of the heap; false when there is no memory. And the next one kept, NULL when there is none.
 */
static bool engine_gc_defer(struct duk_heap *heap, struct duk_heaphdr *header);
static struct duk_heaphdr *engine_gc_next_deferred(struct duk_heap *heap);
/* While it is asked whether anything is garbage, arrays of this many places are looked into last: they
 * are not when everything was met before. False: look into it now. */
#define ENGINE_LONG_ARRAY 512
static bool engine_gc_put_off(struct duk_heap *heap, struct duk_heaphdr *array);

/* Objects of our own (cell.c): they are marked; they are about to die and drop what they refer to;
 * their memory goes. */
static void engine_cell_marked(struct duk_heap *heap, struct duk_hobject *object);
static void engine_cell_dies(struct duk_heap *heap, struct duk_hobject *object);
static void engine_cell_freed(struct duk_heap *heap, struct duk_hobject *object);
/* An object that something refers to weakly (weak.c) was found alive by a collection; dies. */
static void engine_weak_marked(struct duk_heap *heap, struct duk_hobject *object);
static void engine_weak_dies(struct duk_heap *heap, struct duk_hobject *object);

/* Pushes a plain buffer over a new zeroed store; throws. Stands in for fixed buffers. */
static void *engine_push_buffer(struct duk_hthread *thr, size_t bytes);
/* A buffer with a store is about to be freed. */
static void engine_buffer_freed(struct duk_heap *heap, struct duk_hbuffer *buffer);
static bool engine_is_shared(const struct duk_hbuffer *buffer);

/* The functions of built-in object number `object` in the start data at `bits`: true when they will
 * be made on demand and `bits` was moved behind them. */
static bool engine_lazy_functions(struct duk_hthread *thr, struct duk_bitdecoder_ctx *bits,
                                  unsigned object, unsigned count);
/* Makes a missing property of an object flagged lazy; false when none of that name is due. */
static bool engine_lazy_make(struct duk_hthread *thr, struct duk_hobject *object,
                             struct duk_hstring *key);
static void engine_lazy_make_all(struct duk_hthread *thr, struct duk_hobject *object);

/* Whether the UTF-16 unit at `at` of a string is half of a pair without the other half. */
static bool engine_is_lone(const unsigned char *start, const unsigned char *at,
                           const unsigned char *end);

/* eval, [ source ] -> [ source template ]; Function, [ body parameters ] -> [ ... function ], false
 * when the engine shall do it alone. */
static void engine_compile_eval(struct duk_hthread *thr, unsigned compile_flags);
static bool engine_make_function(struct duk_hthread *thr);

/* [ line table ]: gets the names of the variables in registers and where the function stands
 * (callsite.c). And what is pushed as the text of a call's target, for errors. */
static void engine_add_site(struct duk_hthread *thr, struct duk_hobject *variables, bool is_ours,
                            bool is_source, uint32_t start, uint32_t end);
static void engine_throw_callee(struct duk_hthread *thr, struct duk_tval_struct *callee);
static const char *engine_push_property(struct duk_hthread *thr, struct duk_tval_struct *key);
/* [ function name ]: pushes its text. */
static void engine_push_function(struct duk_hthread *thr, const char *name);
/* Errors whose words are Node's (errors.c): [ key value ], `key in value`; [ key ], of a property of
 * `object` (NULL: none), format with one or two %s; the value at `index` is no `wanted`. */
static void engine_throw_in(struct duk_hthread *thr);
static void engine_throw_put(struct duk_hthread *thr, struct duk_hobject *object, const char *format);
static void engine_throw_type(struct duk_hthread *thr, int index, const char *wanted);
/* The error of JSON.parse for this text, which the parser refused; of JSON.stringify, when the last
 * of `chain` leads back to the first. */
static void engine_throw_json(struct duk_hthread *thr, const unsigned char *text, size_t size);
static void engine_throw_circular(struct duk_hthread *thr, struct duk_hobject *const *chain,
                                  size_t count);

/* Operations on a Proxy (proxy.c, proxy_methods.c): [ proxy ], pushes its keys that an enumeration with
 * the flags gives; [ key ], pushes the value of the property inherited from a Proxy, or returns the
 * object to look at next; sets through a Proxy without a trap; [ object ... ], pushes its prototype; [ proxy prototype ]; [ key proxy ] and
 * [ proxy object ], push a boolean. */
static void engine_proxy_keys(struct duk_hthread *thr, unsigned flags);
static struct duk_hobject *engine_proxy_get(struct duk_hthread *thr, struct duk_hobject *proxy,
                                            struct duk_tval_struct *receiver);
static bool engine_proxy_set(struct duk_hthread *thr, struct duk_hobject *target,
                             struct duk_tval_struct *key, struct duk_tval_struct *value,
                             struct duk_tval_struct *receiver);
static void engine_push_prototype(struct duk_hthread *thr);
static bool engine_proxy_set_prototype(struct duk_hthread *thr, bool is_throwing);
static void engine_proxy_has_own(struct duk_hthread *thr, unsigned flags);
static void engine_proxy_is_prototype_of(struct duk_hthread *thr);

/* Accessors of that built-in object in the start data are left out: ours stand for them. */
static bool engine_lazy_drops(unsigned object);

/* Brings offset and length of a view up to date with its buffer. */
static void engine_settle(struct duk_hbufobj *view);
/* Its buffer was given away or is too short for it. */
static bool engine_is_gone(struct duk_hbufobj *view);
/* Whether a key that is no array index spells a number all the same ("1.5", "-0", "NaN"). */
static bool engine_is_numeric(struct duk_hthread *thr, struct duk_hstring *key);
/* [[DefineOwnProperty]] of a typed array's element. */
static bool engine_define_element(struct duk_hthread *thr, struct duk_hobject *object, uint32_t at,
                                  unsigned flags, int value, bool is_throwing);
/* Throws when a typed array has elements: those can be neither sealed nor frozen. */
static void engine_refuse_elements(struct duk_hthread *thr, struct duk_hobject *object,
                                   bool is_freeze);

/* The natives that replace the engine's constructors, and one accessor it knows. */
static int engine_typed_construct(struct duk_hthread *thr);
static int engine_data_view_construct(struct duk_hthread *thr);
static int engine_array_buffer_construct(struct duk_hthread *thr);
static int engine_typed_length(struct duk_hthread *thr);

/* Pushes the prototype that Reflect.construct() wants for the instance being made, once; false when
 * it wants none. */
static bool engine_push_new_prototype(struct duk_hthread *thr);

/* [ pattern flags source ]: what the compiler can't read of the pattern is written in what it can. */
static void engine_rewrite_pattern(struct duk_hthread *thr);
/* Whether a code point has a property (unicode.c). */
static bool engine_matches_property(struct duk_hthread *thr, unsigned property, uint32_t code,
                                    bool is_caseless);
/* [ regexp input bytecode saved result ]: the result gets its groups and, by the d flag, indices. */
static void engine_finish_match(struct duk_hthread *thr, unsigned flags,
                                const unsigned char *const *saved, unsigned count);

/* "Cannot perform `what` on a detached ArrayBuffer". */
static void engine_throw_detached(struct duk_hthread *thr, const char *what);
/* The DataView method behind the magic number of a field accessor. */
static const char *engine_field_name(unsigned magic, bool is_write);
/* Argument 0 of a constructor as a length; throws what Node throws. */
static int engine_to_length(struct duk_hthread *thr, bool is_view);
/* Says which of a typed array constructor's arguments is out of range. */
static int engine_throw_view_range(struct duk_hthread *thr, unsigned element_bytes);

#endif
