/*
 * Array.prototype of ES2015 to ES2023 where the engine has none: searching, copying, filling,
 * flattening, the methods that copy instead of changing, and a stable sort. Part of unity.c; named in
 * added.c. Every method works on any object with a length, as the specification says.
 */
#include "runtime/engine/parts.h"

#define ARRAY "Array.prototype"

/* In the magic of a method that typed arrays have as well. */
#define TYPED 0x100

static duk_hbufobj *push_this_typed(duk_context *ctx);
static uint32_t typed_length(duk_hbufobj *view);

/* Pushes the object the method was called on; its length. */
static double push_subject(duk_context *ctx)
{
    if (duk_get_current_magic(ctx) & TYPED) {
        return typed_length(push_this_typed(ctx));
    }
    push_this_object(ctx, ARRAY);
    return length_of(ctx, -1);
}

/* at(position), of arrays and typed arrays */
static duk_ret_t array_at(duk_context *ctx)
{
    double length = push_subject(ctx);
    double at = to_integer(ctx, 0);
    at = at < 0 ? at + length : at;
    if (at < 0 || at >= length) {
        return 0;
    }
    get_at(ctx, 1, at);
    return 1;
}

/* Array.prototype.fill(value, start, end) */
static duk_ret_t array_fill(duk_context *ctx)
{
    push_this_object(ctx, ARRAY);
    double length = length_of(ctx, 3);
    double at = relative_start(ctx, 1, length);
    double end = relative_end(ctx, 2, length);
    for (; at < end; at++) {
        ENGINE_CHECK_STOP(ctx);
        duk_dup(ctx, 0);
        set_at(ctx, 3, at);
    }
    return 1;
}

/* Array.prototype.copyWithin(target, start, end) */
static duk_ret_t array_copy_within(duk_context *ctx)
{
    push_this_object(ctx, ARRAY);
    double length = length_of(ctx, 3);
    double to = relative_start(ctx, 0, length);
    double from = relative_start(ctx, 1, length);
    double end = relative_end(ctx, 2, length);
    double count = fmin(end - from, length - to);
    bool is_backward = from < to && to < from + count;
    double step = is_backward ? -1 : 1;
    if (is_backward) {
        from += count - 1;
        to += count - 1;
    }
    for (; count > 0; count--, from += step, to += step) {
        ENGINE_CHECK_STOP(ctx);
        if (has_at(ctx, 3, from)) {
            get_at(ctx, 3, from);
            set_at(ctx, 3, to);
        } else {
            delete_at(ctx, 3, to);
        }
    }
    return 1;
}

enum { FIND_LAST = 1, FIND_INDEX = 2 };

/* [ .. value ] -> [ .. value result ] of callback(value, at, object) with the argument as this;
 * callback, argument and object lie at 0, 1 and 2. */
static void call_back(duk_context *ctx, double at)
{
    duk_dup(ctx, 0);
    duk_dup(ctx, 1);
    duk_dup(ctx, -3);
    duk_push_number(ctx, at);
    duk_dup(ctx, 2);
    duk_call_method(ctx, 3);
}

/* find, findIndex, findLast, findLastIndex (callback, argument) by magic */
static duk_ret_t array_find(duk_context *ctx)
{
    int magic = duk_get_current_magic(ctx);
    double length = push_subject(ctx);
    require_function(ctx, 0);
    for (double i = 0; i < length; i++) {
        double at = magic & FIND_LAST ? length - 1 - i : i;
        get_at(ctx, 2, at);
        call_back(ctx, at);
        if (duk_to_boolean(ctx, -1)) {
            duk_pop(ctx);
            if (magic & FIND_INDEX) {
                duk_push_number(ctx, at);
            }
            return 1;
        }
        duk_pop_2(ctx);
    }
    if (magic & FIND_INDEX) {
        duk_push_int(ctx, -1);
        return 1;
    }
    return 0;
}

static bool is_same_value_zero(duk_context *ctx, duk_idx_t a, duk_idx_t b)
{
    return duk_strict_equals(ctx, a, b) || duk_samevalue(ctx, a, b);
}

/* includes(value, start) */
static duk_ret_t array_includes(duk_context *ctx)
{
    double length = push_subject(ctx);
    bool is_found = false;
    if (length > 0) {
        double at = relative_start(ctx, 1, length);
        for (; at < length && !is_found; at++) {
            ENGINE_CHECK_STOP(ctx);
            get_at(ctx, 2, at);
            is_found = is_same_value_zero(ctx, 0, -1);
            duk_pop(ctx);
        }
    }
    duk_push_boolean(ctx, is_found);
    return 1;
}

/* ---- flat
 * ------------------------------------------------------------------------------------------------------ */

/* Appends the elements of the object at the top to the array at `to`, from `next` on; those that are
 * arrays in their turn, `depth` deep. Returns the next free place. */
static double flatten(duk_context *ctx, duk_idx_t to, double next, double depth)
{
    duk_idx_t from = duk_get_top_index(ctx);
    double length = length_of(ctx, from);
    duk_require_stack(ctx, 8);
    if (engine_stack_is_low()) {
        (void)duk_error(ctx, DUK_ERR_RANGE_ERROR, "Maximum call stack size exceeded");
    }
    for (double at = 0; at < length; at++) {
        ENGINE_CHECK_STOP(ctx);
        if (!has_at(ctx, from, at)) {
            continue;
        }
        get_at(ctx, from, at);
        if (depth > 0 && is_array(ctx, -1)) {
            next = flatten(ctx, to, next, depth - 1);
            duk_pop(ctx);
        } else {
            create_at(ctx, to, next++);
        }
    }
    return next;
}

/* Array.prototype.flat(depth) */
static duk_ret_t array_flat(duk_context *ctx)
{
    push_this_object(ctx, ARRAY);
    (void)length_of(ctx, 1);
    double depth = duk_is_undefined(ctx, 0) ? 1 : to_integer(ctx, 0);
    push_array_like(ctx, 1, 0);
    duk_dup(ctx, 1);
    flatten(ctx, 2, 0, depth);
    duk_pop(ctx);
    return 1;
}

/* Array.prototype.flatMap(callback, argument) */
static duk_ret_t array_flat_map(duk_context *ctx)
{
    push_this_object(ctx, ARRAY);
    double length = length_of(ctx, 2);
    if (!duk_is_callable(ctx, 0)) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "flatMap mapper function is not callable");
    }
    push_array_like(ctx, 2, 0);
    double next = 0;
    for (double at = 0; at < length; at++) {
        ENGINE_CHECK_STOP(ctx);
        if (!has_at(ctx, 2, at)) {
            continue;
        }
        get_at(ctx, 2, at);
        call_back(ctx, at);
        if (is_array(ctx, -1)) {
            next = flatten(ctx, 3, next, 0);
            duk_pop_2(ctx);
        } else {
            create_at(ctx, 3, next++);
            duk_pop(ctx);
        }
    }
    return 1;
}

/* ---- copies
 * ---------------------------------------------------------------------------------------------------- */

static void require_array_length(duk_context *ctx, double length)
{
    if (length > 4294967295.0) {
        (void)duk_error(ctx, DUK_ERR_RANGE_ERROR, "Invalid array length");
    }
}

/* Array.prototype.toReversed() */
static duk_ret_t array_to_reversed(duk_context *ctx)
{
    push_this_object(ctx, ARRAY);
    double length = length_of(ctx, 0);
    require_array_length(ctx, length);
    push_room(ctx, length);
    for (double at = 0; at < length; at++) {
        ENGINE_CHECK_STOP(ctx);
        get_at(ctx, 0, length - 1 - at);
        put_fresh(ctx, 1, at);
    }
    return 1;
}

/* Array.prototype.with(position, value) */
static duk_ret_t array_with(duk_context *ctx)
{
    push_this_object(ctx, ARRAY);
    double length = length_of(ctx, 2);
    double at = to_integer(ctx, 0);
    at = at < 0 ? at + length : at;
    if (at < 0 || at >= length) {
        return duk_error(ctx, DUK_ERR_RANGE_ERROR, "Invalid index : %s",
                         duk_safe_to_string(ctx, 0));
    }
    require_array_length(ctx, length);
    push_room(ctx, length);
    for (double i = 0; i < length; i++) {
        ENGINE_CHECK_STOP(ctx);
        if (i == at) {
            duk_dup(ctx, 1);
        } else {
            get_at(ctx, 2, i);
        }
        put_fresh(ctx, 3, i);
    }
    return 1;
}

struct splice {
    double start, skip, items;
};

/* What `given` arguments (start, skip, ...items) of a splice say about `length` elements; TypeError when
 * there would be too many. */
static struct splice take_splice(duk_context *ctx, duk_idx_t given, double length)
{
    double start = given > 0 ? relative_start(ctx, 0, length) : 0;
    double skip = given == 0   ? 0
                  : given == 1 ? length - start
                               : fmax(0, fmin(to_integer(ctx, 1), length - start));
    double items = given > 2 ? given - 2 : 0;
    if (length + items - skip > INTEGER_MAX) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR, "Invalid array length");
    }
    return (struct splice){start, skip, items};
}

/* Array.prototype.toSpliced(start, skip, ...items) */
static duk_ret_t array_to_spliced(duk_context *ctx)
{
    duk_idx_t given = duk_get_top(ctx);
    push_this_object(ctx, ARRAY);
    double length = length_of(ctx, given);
    struct splice change = take_splice(ctx, given, length);
    double start = change.start, skip = change.skip, items = change.items;
    require_array_length(ctx, length + items - skip);
    push_room(ctx, length + items - skip);
    double next = 0;
    for (; next < start; next++) {
        ENGINE_CHECK_STOP(ctx);
        get_at(ctx, given, next);
        put_fresh(ctx, given + 1, next);
    }
    for (double i = 0; i < items; i++) {
        duk_dup(ctx, 2 + (duk_idx_t)i);
        put_fresh(ctx, given + 1, next++);
    }
    for (double from = start + skip; from < length; from++) {
        ENGINE_CHECK_STOP(ctx);
        get_at(ctx, given, from);
        put_fresh(ctx, given + 1, next++);
    }
    return 1;
}
