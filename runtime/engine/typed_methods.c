/*
 * The methods of %TypedArray%.prototype that arrays do not share (array.c has the shared ones, told
 * apart by magic), and %TypedArray% itself. Part of unity.c; named in added.c. After anything that may
 * have run script code the view is looked at anew: it may have shrunk or lost its buffer.
 */
#include "runtime/engine/parts.h"

/* ---- accessors
 * ------------------------------------------------------------------------------------------------- */

enum typed_accessor { BUFFER, BYTE_LENGTH, BYTE_OFFSET };

static duk_hbufobj *this_view(duk_context *ctx)
{
    duk_push_this(ctx);
    duk_hbufobj *view = typed_at(ctx, -1);
    if (!view) {
        throw_incompatible(ctx, "%TypedArray%.prototype");
    }
    ENGINE_SETTLE(view);
    return view;
}

/* get length */
static duk_ret_t engine_typed_length(duk_context *ctx)
{
    duk_push_uint(ctx, typed_length(this_view(ctx)));
    return 1;
}

/* get buffer, byteLength, byteOffset by magic */
static duk_ret_t typed_get(duk_context *ctx)
{
    duk_hbufobj *view = this_view(ctx);
    switch ((enum typed_accessor)duk_get_current_magic(ctx)) {
    case BUFFER:
        return duk_bi_typedarray_buffer_getter(ctx);
    case BYTE_LENGTH:
        duk_push_uint(ctx, view->length);
        break;
    case BYTE_OFFSET:
        duk_push_uint(ctx, view->offset);
        break;
    }
    return 1;
}

/* get [Symbol.toStringTag] */
static duk_ret_t typed_tag(duk_context *ctx)
{
    duk_push_this(ctx);
    duk_hbufobj *view = typed_at(ctx, -1);
    if (!view) {
        return 0;
    }
    duk_push_string(ctx, typed_kinds[view->elem_type].name);
    return 1;
}

/* ---- changing elements
 * ------------------------------------------------------------------------------------------ */

/* fill(value, start, end) */
static duk_ret_t typed_fill(duk_context *ctx)
{
    duk_hbufobj *view = push_this_typed(ctx);
    double length = typed_length(view);
    (void)duk_to_number(ctx, 0);
    double at = relative_start(ctx, 1, length);
    double end = relative_end(ctx, 2, length);
    require_typed(ctx, 3);
    end = fmin(end, typed_length(view));
    if (at < end && view->shift == 0) {
        duk_dup(ctx, 0);
        typed_write(ctx, view, at);
        unsigned char *data = typed_data(view);
        memset(data + (size_t)at, data[(size_t)at], (size_t)(end - at));
        return 1;
    }
    for (; at < end; at++) {
        duk_dup(ctx, 0);
        typed_write(ctx, view, at);
    }
    return 1;
}

/* copyWithin(target, start, end) */
static duk_ret_t typed_copy_within(duk_context *ctx)
{
    duk_hbufobj *view = push_this_typed(ctx);
    double length = typed_length(view);
    double to = relative_start(ctx, 0, length);
    double from = relative_start(ctx, 1, length);
    double end = relative_end(ctx, 2, length);
    double count = fmin(end - from, length - to);
    if (count <= 0) {
        return 1;
    }
    require_typed(ctx, 3);
    length = fmin(length, typed_length(view));
    count = fmin(count, fmin(length - from, length - to));
    if (count > 0) {
        unsigned char *data = typed_data(view);
        memmove(data + ((size_t)to << view->shift), data + ((size_t)from << view->shift),
                (size_t)count << view->shift);
    }
    return 1;
}

/* reverse() */
static duk_ret_t typed_reverse(duk_context *ctx)
{
    duk_hbufobj *view = push_this_typed(ctx);
    size_t count = typed_length(view), size = (size_t)1 << view->shift;
    unsigned char *low = count > 0 ? typed_data(view) : NULL;
    unsigned char *high = low + (count > 0 ? (count - 1) * size : 0);
    for (; low < high; low += size, high -= size) {
        unsigned char kept[8];
        memcpy(kept, low, size);
        memcpy(low, high, size);
        memcpy(high, kept, size);
    }
    return 1;
}

/* Copies the elements of one typed array into another from `at` on, as if all were read first. */
static void set_typed(duk_context *ctx, duk_hbufobj *to, double at, duk_hbufobj *from)
{
    uint32_t count = typed_length(from);
    if (to->buf == from->buf && to->elem_type != from->elem_type) {
        duk_hbufobj *copy = push_typed(ctx, from->elem_type, count);
        copy_elements(ctx, copy, 0, from, count);
        copy_elements(ctx, to, (uint32_t)at, copy, count);
        duk_pop(ctx);
        return;
    }
    copy_elements(ctx, to, (uint32_t)at, from, count);
}

static void require_room(duk_context *ctx, double at, double count, double length)
{
    if (at + count > length) {
        (void)duk_error(ctx, DUK_ERR_RANGE_ERROR, "offset is out of bounds");
    }
}

/* set(source, offset) */
static duk_ret_t typed_set(duk_context *ctx)
{
    duk_push_this(ctx);
    duk_hbufobj *view = typed_at(ctx, 2);
    if (!view) {
        return duk_error(ctx, DUK_ERR_TYPE_ERROR, "this is not a typed array.");
    }
    double at = to_integer(ctx, 1);
    if (at < 0) {
        return duk_error(ctx, DUK_ERR_RANGE_ERROR, "offset is out of bounds");
    }
    require_typed(ctx, 2);
    double length = typed_length(view);
    duk_hbufobj_promote_plain(ctx, 0);
    duk_hbufobj *source = typed_at(ctx, 0);
    if (source) {
        require_typed(ctx, 0);
        require_room(ctx, at, typed_length(source), length);
        set_typed(ctx, view, at, source);
        return 0;
    }
    coerce_object(ctx);
    double count = length_of(ctx, 0);
    require_room(ctx, at, count, length);
    for (double i = 0; i < count; i++) {
        ENGINE_CHECK_STOP(ctx);
        get_at(ctx, 0, i);
        (void)duk_to_number(ctx, -1);
        typed_write(ctx, view, at + i);
    }
    return 0;
}

/* ---- new arrays
 * ------------------------------------------------------------------------------------------------ */

/* slice(start, end) */
static duk_ret_t typed_slice(duk_context *ctx)
{
    duk_hbufobj *view = push_this_typed(ctx);
    double length = typed_length(view);
    double start = relative_start(ctx, 0, length);
    double end = relative_end(ctx, 1, length);
    double count = fmax(end - start, 0);
    duk_hbufobj *made = push_typed_like(ctx, 2, count);
    if (count == 0) {
        return 1;
    }
    require_typed(ctx, 2);
    end = fmin(end, typed_length(view));
    if (made->elem_type == view->elem_type) {
        count = fmin(fmax(end - start, 0), typed_length(made));
        if (count > 0) {
            unsigned char *to = typed_data(made);
            const unsigned char *from = typed_data(view) + ((size_t)start << view->shift);
            size_t bytes = (size_t)count << view->shift;
            for (size_t i = 0; i < bytes; i++) { /* upwards, also where they overlap */
                to[i] = from[i];
            }
        }
        return 1;
    }
    for (double i = 0; start + i < end; i++) {
        typed_push(ctx, view, start + i);
        typed_write(ctx, made, i);
    }
    return 1;
}

/* subarray(start, end) */
static duk_ret_t typed_subarray(duk_context *ctx)
{
    duk_push_this(ctx);
    duk_hbufobj *view = typed_at(ctx, 2);
    if (!view) {
        throw_incompatible(ctx, "%TypedArray%.prototype");
    }
    (void)duk_bi_typedarray_buffer_getter(ctx);
    duk_insert(ctx, 3); /* it may have pushed more than its result */
    duk_set_top(ctx, 4);
    double length = typed_length(view);
    double start = relative_start(ctx, 0, length);
    bool is_tracking = view->is_tracking && duk_is_undefined(ctx, 1);
    double end = relative_end(ctx, 1, length);
    double offset = view->is_known ? view->own_offset : view->offset;
    push_typed_species(ctx, 2);
    if (duk_is_undefined(ctx, -1)) {
        duk_pop(ctx);
        duk_push_c_function(ctx, engine_typed_construct, 3);
        duk_set_magic(ctx, -1, (int)(view->elem_type << 2 | view->shift));
    }
    duk_dup(ctx, 3);
    duk_push_number(ctx, offset + start * (1 << view->shift));
    if (!is_tracking) {
        duk_push_number(ctx, fmax(end - start, 0));
    }
    duk_new(ctx, is_tracking ? 2 : 3);
    require_typed(ctx, -1);
    return 1;
}

/* map and filter (callback, argument) by magic */
static duk_ret_t typed_map(duk_context *ctx)
{
    bool is_filter = (duk_get_current_magic(ctx) & 0xff) == ITER_FILTER;
    duk_hbufobj *view = push_this_typed(ctx);
    double length = typed_length(view), kept = 0;
    require_function(ctx, 0);
    if (is_filter) {
        duk_push_array(ctx);
    } else {
        push_typed_like(ctx, 2, length);
    }
    for (double at = 0; at < length; at++) {
        typed_push(ctx, view, at);
        call_back(ctx, at);
        if (!is_filter) {
            set_at(ctx, 3, at);
            duk_pop(ctx);
        } else if (duk_to_boolean(ctx, -1)) {
            duk_pop(ctx);
            put_fresh(ctx, 3, kept++);
        } else {
            duk_pop_2(ctx);
        }
    }
    if (is_filter) {
        duk_hbufobj *made = push_typed_like(ctx, 2, kept);
        for (double at = 0; at < kept; at++) {
            get_at(ctx, 3, at);
            (void)duk_to_number(ctx, -1);
            typed_write(ctx, made, at);
        }
    }
    return 1;
}

/* toReversed() */
static duk_ret_t typed_to_reversed(duk_context *ctx)
{
    duk_hbufobj *view = push_this_typed(ctx);
    uint32_t count = typed_length(view);
    duk_hbufobj *made = push_typed(ctx, view->elem_type, count);
    copy_elements(ctx, made, 0, view, count);
    size_t size = (size_t)1 << view->shift;
    for (uint32_t i = 0; i < count; i++) {
        memcpy(typed_data(made) + (count - 1 - i) * size, typed_data(view) + i * size, size);
    }
    return 1;
}

/* with(position, value) */
static duk_ret_t typed_with(duk_context *ctx)
{
    duk_hbufobj *view = push_this_typed(ctx);
    double length = typed_length(view);
    double at = to_integer(ctx, 0);
    at = at < 0 ? at + length : at;
    (void)duk_to_number(ctx, 1);
    if (at < 0 || at >= typed_length(view)) {
        return duk_error(ctx, DUK_ERR_RANGE_ERROR, "Invalid typed array index");
    }
    duk_hbufobj *made = push_typed(ctx, view->elem_type, length);
    copy_elements(ctx, made, 0, view, (uint32_t)fmin(length, typed_length(view)));
    duk_dup(ctx, 1);
    typed_write(ctx, made, at);
    return 1;
}

/* ---- order
 * ----------------------------------------------------------------------------------------------------- */

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    if (x != x || y != y) {
        return (x != x) - (y != y);
    }
    if (x == y) {
        return (signbit(y) != 0) - (signbit(x) != 0);
    }
    return x < y ? -1 : 1;
}

/* Sorts the elements of `view`, the array at 1; the function is at 0. */
static void sort_typed(duk_context *ctx, duk_hbufobj *view)
{
    uint32_t count = typed_length(view);
    if (!duk_is_undefined(ctx, 0)) {
        push_room(ctx, count);
        duk_idx_t values = duk_get_top_index(ctx);
        for (uint32_t i = 0; i < count; i++) {
            typed_push(ctx, view, i);
            put_fresh(ctx, values, i);
        }
        const uint32_t *order = push_order(ctx, 0, values, count);
        for (uint32_t i = 0; i < count; i++) {
            duk_get_prop_index(ctx, values, order[i]);
            typed_write(ctx, view, i);
        }
        duk_pop_2(ctx);
        return;
    }
    double *numbers = duk_push_fixed_buffer(ctx, (size_t)count * sizeof(double));
    for (uint32_t i = 0; i < count; i++) {
        typed_push(ctx, view, i);
        numbers[i] = duk_get_number(ctx, -1);
        duk_pop(ctx);
    }
    qsort(numbers, count, sizeof(double), compare_numbers);
    for (uint32_t i = 0; i < count; i++) {
        duk_push_number(ctx, numbers[i]);
        typed_write(ctx, view, i);
    }
    duk_pop(ctx);
}

/* sort(compare) */
static duk_ret_t typed_sort(duk_context *ctx)
{
    require_compare(ctx);
    sort_typed(ctx, push_this_typed(ctx));
    return 1;
}

/* toSorted(compare) */
static duk_ret_t typed_to_sorted(duk_context *ctx)
{
    require_compare(ctx);
    duk_hbufobj *view = push_this_typed(ctx);
    uint32_t count = typed_length(view);
    duk_hbufobj *made = push_typed(ctx, view->elem_type, count);
    copy_elements(ctx, made, 0, view, count);
    sort_typed(ctx, made);
    return 1;
}
