/*
 * The methods of %TypedArray%.prototype that walk the elements and make no array, and %TypedArray%.from
 * and of. Part of unity.c; named in added.c.
 */
#include "runtime/engine/parts.h"

enum { EACH_EVERY, EACH_SOME, EACH_FOR };

/* every, some, forEach (callback, argument) by magic */
static duk_ret_t typed_each(duk_context *ctx)
{
    int magic = duk_get_current_magic(ctx);
    duk_hbufobj *view = push_this_typed(ctx);
    double length = typed_length(view);
    require_function(ctx, 0);
    for (double at = 0; at < length; at++) {
        typed_push(ctx, view, at);
        call_back(ctx, at);
        bool is_true = duk_to_boolean(ctx, -1);
        duk_pop_2(ctx);
        if ((magic == EACH_EVERY && !is_true) || (magic == EACH_SOME && is_true)) {
            duk_push_boolean(ctx, is_true);
            return 1;
        }
    }
    if (magic == EACH_FOR) {
        return 0;
    }
    duk_push_boolean(ctx, magic == EACH_EVERY);
    return 1;
}

/* reduce and, by magic, reduceRight (callback, initial) */
static duk_ret_t typed_reduce(duk_context *ctx)
{
    bool is_right = duk_get_current_magic(ctx) != 0;
    bool has_initial = duk_get_top(ctx) > 1;
    duk_set_top(ctx, 2);
    duk_hbufobj *view = push_this_typed(ctx);
    double length = typed_length(view), done = 0;
    require_function(ctx, 0);
    if (!has_initial && length == 0) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "Reduce of empty array with no initial value");
    }
    if (has_initial) {
        duk_dup(ctx, 1);
    } else {
        typed_push(ctx, view, is_right ? length - 1 : 0);
        done = 1;
    }
    for (; done < length; done++) {
        double at = is_right ? length - 1 - done : done;
        duk_dup(ctx, 0);
        duk_push_undefined(ctx);
        duk_pull(ctx, 3);
        typed_push(ctx, view, at);
        duk_push_number(ctx, at);
        duk_dup(ctx, 2);
        duk_call_method(ctx, 4);
    }
    return 1;
}

/* Where the value at 0 is between `at` and `end`, stepping towards it; -1 when nowhere. */
static double find_number(duk_context *ctx, duk_hbufobj *view, double at, double end, double step)
{
    if (!duk_is_number(ctx, 0)) {
        return -1;
    }
    double wanted = duk_get_number(ctx, 0);
    for (; at != end; at += step) {
        ENGINE_CHECK_STOP(ctx);
        typed_push(ctx, view, at);
        bool is_it = duk_is_number(ctx, -1) && duk_get_number(ctx, -1) == wanted;
        duk_pop(ctx);
        if (is_it) {
            return at;
        }
    }
    return -1;
}

/* indexOf(value, start) */
static duk_ret_t typed_index_of(duk_context *ctx)
{
    duk_hbufobj *view = push_this_typed(ctx);
    double length = typed_length(view);
    double start = length > 0 ? relative_start(ctx, 1, length) : 0;
    duk_push_number(ctx, find_number(ctx, view, start, fmax(start, length), 1));
    return 1;
}

/* lastIndexOf(value, start) */
static duk_ret_t typed_last_index_of(duk_context *ctx)
{
    bool has_start = duk_get_top(ctx) > 1;
    duk_set_top(ctx, 2);
    duk_hbufobj *view = push_this_typed(ctx);
    double length = typed_length(view), start = length - 1;
    if (length > 0 && has_start) {
        double given = to_integer(ctx, 1);
        start = given < 0 ? given + length : fmin(given, length - 1);
    }
    duk_push_number(ctx, start < 0 ? -1 : find_number(ctx, view, start, -1, -1));
    return 1;
}

#define JOINED_AT_ONCE 1024

/* Pushes one element as text: nothing where it is gone. */
static void push_element_text(duk_context *ctx, duk_hbufobj *view, double at, bool is_local)
{
    typed_push(ctx, view, at);
    if (duk_is_undefined(ctx, -1)) {
        duk_pop(ctx);
        duk_push_literal(ctx, "");
        return;
    }
    if (is_local) {
        duk_get_prop_literal(ctx, -1, "toLocaleString");
        duk_swap_top(ctx, -2);
        duk_call_method(ctx, 0);
    }
    duk_to_string(ctx, -1);
}

/* Pushes `length` elements as text with the string at `separator` between them; in pieces, so that
 * the stack stays short. */
static void push_joined(duk_context *ctx, duk_hbufobj *view, uint32_t length, duk_idx_t separator,
                        bool is_local)
{
    duk_idx_t pieces = 0;
    duk_require_stack(ctx, (duk_idx_t)(length / JOINED_AT_ONCE) + JOINED_AT_ONCE + 16);
    duk_dup(ctx, separator);
    for (uint32_t at = 0; at < length; pieces++) {
        duk_idx_t count = 0;
        duk_dup(ctx, separator);
        for (; count < JOINED_AT_ONCE && at < length; count++, at++) {
            ENGINE_CHECK_STOP(ctx);
            push_element_text(ctx, view, at, is_local);
        }
        duk_join(ctx, count);
    }
    duk_join(ctx, pieces);
}

/* join(separator) */
static duk_ret_t typed_join(duk_context *ctx)
{
    duk_hbufobj *view = push_this_typed(ctx);
    uint32_t length = typed_length(view);
    if (duk_is_undefined(ctx, 0)) {
        duk_push_literal(ctx, ",");
        duk_replace(ctx, 0);
    }
    duk_to_string(ctx, 0);
    push_joined(ctx, view, length, 0, false);
    return 1;
}

/* toLocaleString() */
static duk_ret_t typed_to_locale_string(duk_context *ctx)
{
    duk_hbufobj *view = push_this_typed(ctx);
    duk_push_literal(ctx, ",");
    push_joined(ctx, view, typed_length(view), 1, true);
    return 1;
}

/* The value of constructor: %TypedArray%. */
static duk_ret_t typed_constructor(duk_context *ctx)
{
    duk_push_hobject(ctx, engine_of(ctx)->lazies[TYPED_ARRAY]);
    return 1;
}

/* The value of toString: the function of arrays. */
static duk_ret_t typed_to_string(duk_context *ctx)
{
    duk_push_hobject_bidx(ctx, DUK_BIDX_ARRAY_PROTOTYPE);
    duk_get_prop_literal(ctx, -1, "toString");
    duk_remove_m2(ctx);
    return 1;
}

/* ---- %TypedArray%.from and of
 * ---------------------------------------------------------------------------------- */

/* Pushes the array of `length` that this, the constructor, makes. */
static void push_typed_wanted(duk_context *ctx, double length)
{
    duk_push_this(ctx);
    duk_push_number(ctx, length);
    construct_typed(ctx, 1, length);
}

static void require_this_constructor(duk_context *ctx)
{
    duk_push_this(ctx);
    if (!duk_is_constructable(ctx, -1)) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "%s is not a constructor", push_described(ctx, -1));
    }
    duk_pop(ctx);
}

/* from(source, map, argument) */
static duk_ret_t typed_from(duk_context *ctx)
{
    require_this_constructor(ctx);
    bool is_mapping = !duk_is_undefined(ctx, 1);
    if (is_mapping) {
        require_function(ctx, 1);
    }
    coerce_object(ctx);
    double length = 0;
    duk_idx_t from = 0;
    if (push_method(ctx, 0, SYMBOL_ITERATOR)) {
        duk_push_array(ctx);
        duk_insert(ctx, 3);
        iterate(ctx, 0, collect_value, &length);
        from = 3;
    } else {
        duk_pop(ctx);
        length = length_of(ctx, 0);
        duk_push_undefined(ctx);
    }
    push_typed_wanted(ctx, length);
    for (double at = 0; at < length; at++) {
        ENGINE_CHECK_STOP(ctx);
        if (is_mapping) {
            duk_dup(ctx, 1);
            duk_dup(ctx, 2);
        }
        get_at(ctx, from, at);
        if (is_mapping) {
            duk_push_number(ctx, at);
            duk_call_method(ctx, 2);
        }
        set_at(ctx, 4, at);
    }
    return 1;
}

/* of(...items) */
static duk_ret_t typed_of(duk_context *ctx)
{
    duk_idx_t count = duk_get_top(ctx);
    require_this_constructor(ctx);
    push_typed_wanted(ctx, count);
    for (duk_idx_t at = 0; at < count; at++) {
        duk_dup(ctx, at);
        set_at(ctx, count, at);
    }
    return 1;
}
