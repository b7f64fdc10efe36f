/*
 * Sorting that keeps equal elements in order: a merge sort over the places of elements, while the
 * elements themselves stay in an array no script can reach. So whatever the comparing function does,
 * throw and collect included, nothing is lost and nothing dangles. Part of unity.c; named in added.c,
 * used by typed arrays too.
 */
#include "runtime/engine/parts.h"

struct sorting {
    duk_idx_t compare; /* stack index of the function, or of undefined */
    duk_idx_t values;  /* of the array of elements; of their strings when there is no function */
    uint32_t *order, *spare;
};

/* Reads as the loop's invariant: a comes before b unless this is positive. */
static bool is_after(duk_context *ctx, const struct sorting *sorting, uint32_t a, uint32_t b)
{
    bool has_function = !duk_is_undefined(ctx, sorting->compare);
    if (has_function) {
        duk_dup(ctx, sorting->compare);
        duk_push_undefined(ctx);
    }
    duk_get_prop_index(ctx, sorting->values, a);
    duk_get_prop_index(ctx, sorting->values, b);
    bool is_greater;
    if (has_function) {
        duk_call_method(ctx, 2);
        is_greater = duk_to_number(ctx, -1) > 0;
        duk_pop(ctx);
    } else {
        is_greater = duk_js_string_compare(duk_known_hstring(ctx, -2), duk_known_hstring(ctx, -1)) > 0;
        duk_pop_2(ctx);
        ENGINE_CHECK_STOP(ctx);
    }
    return is_greater;
}

/* Merges order[from..middle) and order[middle..to). */
static void merge(duk_context *ctx, const struct sorting *sorting, size_t from, size_t middle,
                  size_t to)
{
    uint32_t *order = sorting->order;
    if (!is_after(ctx, sorting, order[middle - 1], order[middle])) {
        return;
    }
    memcpy(sorting->spare + from, order + from, (middle - from) * sizeof(*order));
    size_t left = from, right = middle, next = from;
    while (left < middle && right < to) {
        if (is_after(ctx, sorting, sorting->spare[left], order[right])) {
            order[next++] = order[right++];
        } else {
            order[next++] = sorting->spare[left++];
        }
    }
    memcpy(order + next, sorting->spare + left, (middle - left) * sizeof(*order));
}

static void merge_sort(duk_context *ctx, const struct sorting *sorting, size_t count)
{
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t from = 0; from + width < count; from += 2 * width) {
            size_t to = from + 2 * width;
            merge(ctx, sorting, from, from + width, to < count ? to : count);
        }
    }
}

/* Pushes an array of the strings of the elements of the array at `values`. */
static void push_strings(duk_context *ctx, duk_idx_t values, uint32_t count)
{
    push_room(ctx, count);
    for (uint32_t i = 0; i < count; i++) {
        duk_get_prop_index(ctx, values, i);
        duk_to_string(ctx, -1);
        put_fresh(ctx, -2, i);
    }
}

/* Pushes a buffer with the places 0..count-1 in sorted order; `values` is an array of `count` elements
 * none of which is undefined. */
static const uint32_t *push_order(duk_context *ctx, duk_idx_t compare, duk_idx_t values,
                                  uint32_t count)
{
    struct sorting sorting = {.compare = compare, .values = values};
    size_t bytes = (size_t)count * sizeof(uint32_t);
    sorting.order = duk_push_fixed_buffer(ctx, 2 * bytes);
    sorting.spare = sorting.order + count;
    for (uint32_t i = 0; i < count; i++) {
        sorting.order[i] = i;
    }
    if (duk_is_undefined(ctx, compare)) {
        push_strings(ctx, values, count);
        sorting.values = duk_get_top_index(ctx);
        merge_sort(ctx, &sorting, count);
        duk_pop(ctx);
    } else {
        merge_sort(ctx, &sorting, count);
    }
    return sorting.order;
}

/* Pushes an array of what is neither a hole (when those are skipped) nor undefined in the object at
 * `from`; counts the undefined ones. */
static uint32_t push_defined(duk_context *ctx, duk_idx_t from, double length, bool is_skipping,
                             double *undefined)
{
    uint32_t count = 0;
    push_room(ctx, length < 4096 ? length : 0);
    for (double at = 0; at < length; at++) {
        ENGINE_CHECK_STOP(ctx);
        if (is_skipping && !has_at(ctx, from, at)) {
            continue;
        }
        get_at(ctx, from, at);
        if (duk_is_undefined(ctx, -1)) {
            ++*undefined;
            duk_pop(ctx);
        } else {
            put_fresh(ctx, -2, count++);
        }
    }
    return count;
}

static void require_compare(duk_context *ctx)
{
    if (!duk_is_undefined(ctx, 0) && !duk_is_callable(ctx, 0)) {
        (void)duk_error(ctx, DUK_ERR_TYPE_ERROR,
                        "The comparison function must be either a function or undefined");
    }
}

/* Array.prototype.sort(compare) */
static duk_ret_t array_sort(duk_context *ctx)
{
    require_compare(ctx);
    push_this_object(ctx, ARRAY);
    double length = length_of(ctx, 1), undefined = 0;
    uint32_t count = push_defined(ctx, 1, length, true, &undefined);
    const uint32_t *order = push_order(ctx, 0, 2, count);
    double at = 0;
    for (; at < count; at++) {
        duk_get_prop_index(ctx, 2, order[(size_t)at]);
        set_at(ctx, 1, at);
    }
    for (; at < count + undefined; at++) {
        duk_push_undefined(ctx);
        set_at(ctx, 1, at);
    }
    for (; at < length; at++) {
        ENGINE_CHECK_STOP(ctx);
        if (has_at(ctx, 1, at)) {
            delete_at(ctx, 1, at);
        }
    }
    duk_dup(ctx, 1);
    return 1;
}

/* Array.prototype.toSorted(compare) */
static duk_ret_t array_to_sorted(duk_context *ctx)
{
    require_compare(ctx);
    push_this_object(ctx, ARRAY);
    double length = length_of(ctx, 1), undefined = 0;
    require_array_length(ctx, length);
    uint32_t count = push_defined(ctx, 1, length, false, &undefined);
    const uint32_t *order = push_order(ctx, 0, 2, count);
    push_room(ctx, length);
    for (double at = 0; at < length; at++) {
        if (at < count) {
            duk_get_prop_index(ctx, 2, order[(size_t)at]);
        } else {
            duk_push_undefined(ctx);
        }
        put_fresh(ctx, 4, at);
    }
    return 1;
}
