/*
 * Iterators, for the other parts of the engine's unit (iterator.c). Included by them only.
 */
#ifndef RUNTIME_ENGINE_ITERATOR_H
#define RUNTIME_ENGINE_ITERATOR_H

#include "runtime/engine/cell.h"

enum iterator_kind { ITERATE_KEYS, ITERATE_VALUES, ITERATE_ENTRIES };

/* Methods of Array.prototype and %TypedArray%.prototype; the kind is their magic. */
static duk_ret_t array_iterator(duk_context *ctx);
static duk_ret_t typed_array_iterator(duk_context *ctx);
/* String.prototype[Symbol.iterator] */
static duk_ret_t string_iterator(duk_context *ctx);

/* [ value ] -> [ { value, done } ] */
static void iterator_wrap(duk_hthread *thr, bool is_done);
/* Pushes { value: undefined, done: true }. */
static duk_ret_t iterator_push_end(duk_hthread *thr);
/* Pushes [ first, second ] of the two values on top and removes them. */
static void iterator_pair(duk_hthread *thr);

/* `key` of `object` itself is the native `function`: a script has not put its own there. */
static bool iterator_is_native(duk_hthread *thr, duk_hobject *object, const char *key,
                               duk_c_function function);
/* The value is an array, and to iterate it is to read it from the first to the last element. */
static bool iterator_is_plain_array(duk_hthread *thr, duk_idx_t index);

#endif
