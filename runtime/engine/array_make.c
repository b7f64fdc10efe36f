/*
 * Arrays made from other things: Array.from, Array.of, and the methods of ES5 that ask the array's
 * constructor for the new one (species). Part of unity.c; named in added.c. The engine's own methods
 * do the common case, a plain Array.
 */
#include "runtime/engine/parts.h"

/* `this` is Array itself, or nothing that can construct: a plain array is wanted. */
static bool is_plain_wanted(duk_context *ctx)
{
    duk_push_this(ctx);
    bool is_plain = duk_get_hobject(ctx, -1) == ctx->builtins[DUK_BIDX_ARRAY_CONSTRUCTOR] ||
                    !duk_is_constructable(ctx, -1);
    duk_pop(ctx);
    return is_plain;
}

/* Pushes new this() or new this(length), or []. */
static void push_wanted(duk_context *ctx, bool has_length, double length)
{
    if (is_plain_wanted(ctx)) {
        if (has_length) {
            require_array_length(ctx, length);
            push_room(ctx, fmin(length, 4096));
        } else {
            duk_push_array(ctx);
        }
        return;
    }
    duk_push_this(ctx);
    if (has_length) {
        duk_push_number(ctx, length);
    }
    duk_new(ctx, has_length);
}

struct array_from {
    duk_idx_t to;
    bool is_mapping;
    bool is_fresh; /* a plain array no script has seen */
    double next;
};

/* Appends the value on the top, mapped; the function and its argument lie at 1 and 2. */
static void append(duk_context *ctx, void *udata)
{
    struct array_from *from = udata;
    if (from->is_mapping) {
        duk_dup(ctx, 1);
        duk_dup(ctx, 2);
        duk_pull(ctx, -3);
        duk_push_number(ctx, from->next);
        duk_call_method(ctx, 2);
    }
    if (from->is_fresh) {
        put_fresh(ctx, from->to, from->next++);
    } else {
        create_at(ctx, from->to, from->next++);
    }
}

static void append_array_like(duk_context *ctx, struct array_from *from)
{
    duk_to_object(ctx, 0);
    double length = length_of(ctx, 0);
    push_wanted(ctx, true, length);
    for (double at = 0; at < length; at++) {
        ENGINE_CHECK_STOP(ctx);
        get_at(ctx, 0, at);
        append(ctx, from);
    }
}

/* Array.from(items, map, argument) */
static duk_ret_t array_from(duk_context *ctx)
{
    struct array_from from = {.to = 3, .is_mapping = !duk_is_undefined(ctx, 1)};
    from.is_fresh = !from.is_mapping && is_plain_wanted(ctx);
    if (from.is_mapping) {
        require_function(ctx, 1);
    }
    if (duk_is_null_or_undefined(ctx, 0)) {
        push_iterator_method(ctx, 0);
    }
    if (from.is_fresh && iterator_is_plain_array(ctx, 0)) {
        append_array_like(ctx, &from);
    } else if (!push_method(ctx, 0, SYMBOL_ITERATOR)) {
        duk_pop(ctx);
        append_array_like(ctx, &from);
    } else {
        push_wanted(ctx, false, 0);
        duk_insert(ctx, 3);
        iterate(ctx, 0, append, &from);
    }
    set_length(ctx, 3, from.next);
    duk_set_top(ctx, 4);
    return 1;
}

/* Array.of(...items) */
static duk_ret_t array_of(duk_context *ctx)
{
    duk_idx_t count = duk_get_top(ctx);
    push_wanted(ctx, true, count);
    for (duk_idx_t i = 0; i < count; i++) {
        duk_dup(ctx, i);
        create_at(ctx, count, i);
    }
    set_length(ctx, count, count);
    return 1;
}

/* Array.prototype[Symbol.unscopables] */
static duk_ret_t array_unscopables(duk_context *ctx)
{
    static const char *const names[] = {
        "at",       "copyWithin", "entries",    "fill",     "find",      "findIndex",
        "findLast", "flat",       "flatMap",    "includes", "keys",      "findLastIndex",
        "toSorted", "toReversed", "toSpliced",  "values"};
    duk_push_bare_object(ctx);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        duk_push_true(ctx);
        duk_put_prop_string(ctx, -2, names[i]);
    }
    return 1;
}

/* ---- methods with species
 * -------------------------------------------------------------------------------------- */

/* Whether the array `this` asks for something else than an Array. What that reads of the object may
 * be read once more by what follows; no script can tell from a plain array. */
static bool has_species(duk_context *ctx)
{
    duk_push_this(ctx);
    duk_hobject *object = duk_get_hobject(ctx, -1);
    bool has = false;
    if (object && is_array(ctx, -1)) {
        duk_hobject *parent = DUK_HOBJECT_IS_PROXY(object)
                                  ? NULL
                                  : DUK_HOBJECT_GET_PROTOTYPE(ctx->heap, object);
        duk_tval *own = duk_hobject_find_entry_tval_ptr_stridx(ctx->heap, object,
                                                               DUK_STRIDX_CONSTRUCTOR);
        duk_hobject *prototype = ctx->builtins[DUK_BIDX_ARRAY_PROTOTYPE];
        duk_tval *stock = duk_hobject_find_entry_tval_ptr_stridx(ctx->heap, prototype,
                                                                 DUK_STRIDX_CONSTRUCTOR);
        has = parent != prototype || own || DUK_HOBJECT_IS_PROXY(object) || !stock ||
              !DUK_TVAL_IS_OBJECT(stock) ||
              DUK_TVAL_GET_OBJECT(stock) != ctx->builtins[DUK_BIDX_ARRAY_CONSTRUCTOR];
    }
    duk_pop(ctx);
    return has;
}

enum { ITER_MAP = 3, ITER_FILTER = 4 }; /* the engine's magic for them */

/* Array.prototype.map and filter (callback, argument) */
static duk_ret_t array_map(duk_context *ctx)
{
    bool is_filter = duk_get_current_magic(ctx) == ITER_FILTER;
    if (!has_species(ctx)) {
        return duk_bi_array_prototype_iter_shared(ctx);
    }
    push_this_object(ctx, ARRAY);
    double length = length_of(ctx, 2), next = 0;
    require_function(ctx, 0);
    push_array_like(ctx, 2, is_filter ? 0 : length);
    for (double at = 0; at < length; at++) {
        ENGINE_CHECK_STOP(ctx);
        if (!has_at(ctx, 2, at)) {
            continue;
        }
        get_at(ctx, 2, at);
        call_back(ctx, at);
        if (!is_filter) {
            create_at(ctx, 3, at);
        } else if (duk_to_boolean(ctx, -1)) {
            duk_pop(ctx);
            create_at(ctx, 3, next++);
            continue;
        } else {
            duk_pop(ctx);
        }
        duk_pop(ctx);
    }
    return 1;
}

/* Copies object[from..from+count) at `source` into the array at `to` from its place 0 on. */
static void copy_range(duk_context *ctx, duk_idx_t source, double from, double count, duk_idx_t to)
{
    for (double i = 0; i < count; i++) {
        ENGINE_CHECK_STOP(ctx);
        if (has_at(ctx, source, from + i)) {
            get_at(ctx, source, from + i);
            create_at(ctx, to, i);
        }
    }
    set_length(ctx, to, count);
}

/* Array.prototype.slice(start, end) */
static duk_ret_t array_slice(duk_context *ctx)
{
    if (!has_species(ctx)) {
        return duk_bi_array_prototype_slice(ctx);
    }
    push_this_object(ctx, ARRAY);
    double length = length_of(ctx, 2);
    double start = relative_start(ctx, 0, length);
    double count = fmax(0, relative_end(ctx, 1, length) - start);
    push_array_like(ctx, 2, count);
    copy_range(ctx, 2, start, count, 3);
    return 1;
}

/* Moves object[from] to object[to], or the hole. */
static void move_element(duk_context *ctx, duk_idx_t object, double from, double to)
{
    ENGINE_CHECK_STOP(ctx);
    if (has_at(ctx, object, from)) {
        get_at(ctx, object, from);
        set_at(ctx, object, to);
    } else {
        delete_at(ctx, object, to);
    }
}

/* Makes the gap of `skip` elements at `start` one of `items`. */
static void splice_gap(duk_context *ctx, duk_idx_t object, double length, double start, double skip,
                       double items)
{
    if (items < skip) {
        for (double at = start; at < length - skip; at++) {
            move_element(ctx, object, at + skip, at + items);
        }
        for (double at = length; at > length - skip + items; at--) {
            delete_at(ctx, object, at - 1);
        }
    } else if (items > skip) {
        for (double at = length - skip; at > start; at--) {
            move_element(ctx, object, at + skip - 1, at + items - 1);
        }
    }
}

/* Array.prototype.splice(start, skip, ...items) */
static duk_ret_t array_splice(duk_context *ctx)
{
    if (!has_species(ctx)) {
        return duk_bi_array_prototype_splice(ctx);
    }
    duk_idx_t given = duk_get_top(ctx);
    push_this_object(ctx, ARRAY);
    double length = length_of(ctx, given);
    struct splice change = take_splice(ctx, given, length);
    double start = change.start, skip = change.skip, items = change.items;
    push_array_like(ctx, given, skip);
    copy_range(ctx, given, start, skip, given + 1);
    splice_gap(ctx, given, length, start, skip, items);
    for (double i = 0; i < items; i++) {
        duk_dup(ctx, 2 + (duk_idx_t)i);
        set_at(ctx, given, start + i);
    }
    set_length(ctx, given, length - skip + items);
    return 1;
}

static bool is_spreadable(duk_context *ctx, duk_idx_t index)
{
    if (!duk_is_object(ctx, index)) {
        return false;
    }
    duk_get_prop_literal(ctx, index, DUK_WELLKNOWN_SYMBOL("Symbol.isConcatSpreadable"));
    bool is_said = !duk_is_undefined(ctx, -1);
    bool is_true = duk_to_boolean(ctx, -1);
    duk_pop(ctx);
    return is_said ? is_true : is_array(ctx, index);
}

/* Array.prototype.concat(...items) */
static duk_ret_t array_concat(duk_context *ctx)
{
    if (!has_species(ctx)) {
        return duk_bi_array_prototype_concat(ctx);
    }
    push_this_object(ctx, ARRAY);
    duk_insert(ctx, 0);
    duk_idx_t count = duk_get_top(ctx);
    push_array_like(ctx, 0, 0);
    double next = 0;
    for (duk_idx_t i = 0; i < count; i++) {
        if (!is_spreadable(ctx, i)) {
            duk_dup(ctx, i);
            create_at(ctx, count, next++);
            continue;
        }
        double length = length_of(ctx, i);
        if (next + length > INTEGER_MAX) {
            return duk_error(ctx, DUK_ERR_TYPE_ERROR, "Invalid array length");
        }
        for (double at = 0; at < length; at++, next++) {
            ENGINE_CHECK_STOP(ctx);
            if (has_at(ctx, i, at)) {
                get_at(ctx, i, at);
                create_at(ctx, count, next);
            }
        }
    }
    set_length(ctx, count, next);
    return 1;
}
